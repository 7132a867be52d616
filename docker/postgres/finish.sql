-- SPDX-License-Identifier: GPL-3.0-or-later
-- Last step of the first start: the bootstrap password dies. From here on the superuser is reached only over the
-- container's socket.
ALTER ROLE postgres PASSWORD NULL;
