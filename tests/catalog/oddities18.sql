-- SPDX-License-Identifier: GPL-3.0-or-later
-- What 18 brought: virtual generated columns, NOT NULL as a constraint with a name, NOT ENFORCED, NOT VALID for NOT NULL,
-- WITHOUT OVERLAPS.
CREATE TABLE odd.eighteen (
  a int CONSTRAINT "a is there" NOT NULL,
  b int GENERATED ALWAYS AS (a + 1) VIRTUAL,
  c int,
  d int NOT NULL NO INHERIT,
  CONSTRAINT small CHECK (a < 10) NOT ENFORCED
);
ALTER TABLE odd.eighteen ADD CONSTRAINT c_soon NOT NULL c NOT VALID;
COMMENT ON CONSTRAINT "a is there" ON odd.eighteen IS 'named';
CREATE TABLE odd.booked (room int, during tstzrange, EXCLUDE USING gist (during WITH &&));
CREATE TABLE odd.periods (room int4range, during tstzrange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
CREATE TABLE odd.refers18 (x int PRIMARY KEY, y int, CONSTRAINT loose FOREIGN KEY (y) REFERENCES odd.refers18 NOT ENFORCED);
