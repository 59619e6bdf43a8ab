// SPDX-License-Identifier: GPL-3.0-or-later

interface DataConnection {
  saveData?: boolean;
}

/** True when the person told the browser to save data (only some browsers ask). */
export function wantsToSaveData(): boolean {
  const { connection } = navigator as Navigator & { connection?: DataConnection };
  return connection?.saveData === true;
}
