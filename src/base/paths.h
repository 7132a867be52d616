// SPDX-License-Identifier: GPL-3.0-or-later
// Where Howdah keeps its own things: XDG folders, and the docker/ folder it ships. Folders are made on demand, mode 0700. Any thread.
#pragma once

#include "base/result.h"

namespace howdah::paths
{

QString dataDir();   // $XDG_DATA_HOME/howdah: store, stacks, local clusters
QString cacheDir();  // $XDG_CACHE_HOME/howdah
// The folder with compose.yaml: $HOWDAH_DOCKER_DIR, else the source tree's docker/ beside a build folder, else <prefix>/share/howdah/docker.
Result<QString> dockerDir();
Done makePrivateDir(const QString &path);

} // namespace howdah::paths
