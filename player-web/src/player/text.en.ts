// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'watch.play': 'Play',
  'watch.pause': 'Pause',
  'watch.start': 'Watch',
  'watch.resume_at': 'Go on from {time}',
  'watch.from_start': 'Start over',
  'watch.back': 'Back {s} seconds',
  'watch.forward': 'Forward {s} seconds',
  'watch.seek': 'Place in the lecture',
  'watch.position': '{now} of {total}',
  'watch.speed': 'Speed',
  'watch.data': 'Data',
  'watch.sounds': 'Sound',
  'watch.captions': 'Captions',

  'captions.off': 'Off',
  'captions.on': 'On',

  'watch.speed_normal': 'Normal',
  'watch.fullscreen': 'Full screen',
  'watch.fullscreen_exit': 'Exit full screen',
  'watch.mute': 'Mute',
  'watch.unmute': 'Unmute',
  'watch.player': 'Lecture player',
  'watch.video': 'Picture of the lecture {title}',

  'data.title': 'Data use',
  'data.auto': 'Automatic',
  'data.auto_hint': 'As the network allows',
  'data.save': 'Save data',
  'data.save_hint': 'Just legible, costs least',
  'data.audio': 'Sound only',
  'data.audio_hint': 'For a very weak network',
  'data.sharp': 'Sharp',
  'data.sharp_hint': 'The best picture, needs a good network',
  'data.cost': '{mb} MB/hour',
  'data.cost_range': '{low}–{high} MB/hour',
  'data.unknown': 'cost not known',

  'stall.waiting': 'Weak network, waiting… ({s} s)',
  'stall.growing': 'This part is still being processed. It goes on by itself when it is done.',
  'stall.offline': 'No network. It goes on by itself when the network is back.',
  'stall.help': 'The network is still weak. Try a lighter way:',

  'play.unsupported': 'This browser cannot play the lecture. Please use a recent Chrome, Firefox or Safari.',
  'play.broken': 'This lecture cannot be played. It is being tried again.',
  'play.blocked': 'Tap ▶ to play.',
};
