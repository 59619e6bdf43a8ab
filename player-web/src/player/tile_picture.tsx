// SPDX-License-Identifier: GPL-3.0-or-later
/* One tile of a sheet, in its own size. */
import type { JSX } from 'preact';
import type { Tile } from './storyboard';

export function TilePicture({ tile }: { tile: Tile }): JSX.Element {
  const { sheet, x, y, width, height } = tile;
  return (
    <span
      class="tile-picture"
      style={{
        width: `${width}px`,
        height: `${height}px`,
        backgroundImage: `url("${encodeURI(decodeURI(sheet))}")`,
        backgroundPosition: `-${x}px -${y}px`,
      }}
    />
  );
}
