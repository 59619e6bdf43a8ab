-- SPDX-License-Identifier: GPL-3.0-or-later
-- A warning says which seconds and what it is about: common/package/warning.h has the object. Before,
-- jobs.warnings was an array of codes.

UPDATE jobs SET warnings = (
  SELECT json_group_array(json_object('code', value)) FROM json_each(jobs.warnings)
) WHERE warnings <> '[]';
