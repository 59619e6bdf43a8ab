// SPDX-License-Identifier: GPL-3.0-or-later
/* A short lecture for the double server, made by ffmpeg: two pictures sharing one sound, fMP4. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const DURATION_S = 24;

const VIDEO = ['-c:v', 'libx264', '-profile:v', 'main', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-r', '12'];
const FIXED_GOP = ['-g', '24', '-keyint_min', '24', '-sc_threshold', '0'];

function ffmpegArguments(folder) {
  return [
    ['-v', 'error', '-y'],
    ['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=12:duration=${DURATION_S}`],
    ['-f', 'lavfi', '-i', `sine=frequency=330:duration=${DURATION_S}`],
    ['-map', '1:a', '-map', '0:v', '-map', '0:v'],
    ['-c:a', 'aac', '-b:a', '32k', '-ac', '1'],
    [...VIDEO, ...FIXED_GOP, '-b:v:0', '90k', '-s:v:0', '320x180', '-b:v:1', '400k', '-s:v:1', '640x360'],
    ['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'],
    ['-hls_segment_filename', join(folder, '%v', '%d.m4s'), '-hls_fmp4_init_filename', 'init.mp4'],
    ['-var_stream_map', 'a:0,agroup:low,name:a v:0,agroup:low,name:v1 v:1,agroup:low,name:v2'],
    ['-master_pl_name', 'multivariant.m3u8', join(folder, '%v', 'media.m3u8')],
  ].flat();
}

/* Four slides, six seconds each, on one sheet. */
async function makeSlides(folder) {
  const tiles = [0, 1, 2, 3].map((i) => `storyboard-0.jpg#xywh=${160 * i},0,160,90`);
  const slides = tiles.map((tile, i) => ({ id: i + 1, start_s: 6 * i, tile }));
  const time = (s) => `00:00:${String(s).padStart(2, '0')}.000`;
  const cues = slides.map(({ start_s, tile }) => `\n${time(start_s)} --> ${time(start_s + 6)}\n${tile}\n`);
  await writeFile(join(folder, 'slides.json'), JSON.stringify({ version: 1, pictures: 'still', slides }));
  await writeFile(join(folder, 'storyboard.vtt'), `WEBVTT\n${cues.join('')}`);
  await promisify(execFile)('ffmpeg', [
    ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=1:duration=4', '-vf', 'tile=4x1'],
    ['-frames:v', '1', join(folder, 'storyboard-0.jpg')],
  ].flat());
}

/** Makes the files under folder; takes about two seconds. */
export async function makeLecture(folder) {
  await mkdir(folder, { recursive: true });
  await promisify(execFile)('ffmpeg', ffmpegArguments(folder));
  const sound = '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:BANDWIDTH=40000,AVERAGE-BANDWIDTH=34000,CODECS="mp4a.40.2"\n';
  await writeFile(join(folder, 'audio.m3u8'), `${sound}a/media.m3u8\n`);
  await promisify(execFile)('ffmpeg', [
    ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'color=0x0b5d55:size=320x180', '-frames:v', '1'],
    [join(folder, 'poster.jpg')],
  ].flat());
  await makeSlides(folder);
}

/** The beginning of a finished playlist, as it looked while the lecture was being made. */
export async function growingPlaylist(path, nSegments) {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '#EXT-X-ENDLIST');
  const kept = [];
  let seen = 0;
  for (const line of lines) {
    if (line.startsWith('#EXTINF') && ++seen > nSegments) break;
    kept.push(line.replace('PLAYLIST-TYPE:VOD', 'PLAYLIST-TYPE:EVENT'));
  }
  return `${kept.join('\n')}\n${seen > nSegments ? '' : '#EXT-X-ENDLIST\n'}`;
}
