// SPDX-License-Identifier: GPL-3.0-or-later
import { at } from '../../app/api';
import { listAt } from '../../app/lists';
import type { QuarantineList } from '../../app/types';

export const quarantine = listAt<QuarantineList>(
  at`/admin/quarantine`,
  'quarantine',
  (row) => `${row.lecture ?? ''}/${row.source_sha256}`,
);
