# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the ASS events of the sample lecture's text. `durations` lists how long each spoken line lasts,
# in hundredths of a second: what stands above a spoken line appears when the line begins, and stays
# until its slide ends.

function clock(hundredths) {
  return sprintf("%d:%02d:%02d.%02d", hundredths / 360000, hundredths / 6000 % 60,
                 hundredths / 100 % 60, hundredths % 100)
}

function show(layer, from, to, style, text) {
  printf "Dialogue: %d,%s,%s,%s,%s\n", layer, clock(from), clock(to), style, text
}

# Ends the slide: everything on it is shown until now. The first one is the title page.
function end_slide(    i, y, is_first) {
  is_first = n_slides == 1
  for (i = 1; i <= n_items; i++) {
    if (style[i] == "title") {
      y = is_first ? 190 : 84
      show(2, since[i], now, "title", "{\\fad(300,0)\\pos(96," y ")}" text[i])
      show(1, since[i], now, "hill", "{\\pos(0,0)\\1c&H3A7BE8&\\p1}m 96 " y + 88 " l 256 " y + 88 \
           " 256 " y + 94 " 96 " y + 94 "{\\p0}")
    } else {
      y = (is_first ? 326 : 216) + 104 * (i - 2)
      if (!is_first)
        show(2, since[i], now, "line", "{\\fad(300,0)\\pos(96," y - 2 ")\\1c&H3A7BE8&}●")
      show(2, since[i], now, "line", "{\\fad(300,0)\\pos(" (is_first ? 96 : 150) "," y ")}" text[i])
    }
  }
  if (n_items > 0)
    show(2, since[1], now, "foot", n_slides "/" total)
  n_items = 0
}

BEGIN {
  split(durations, lasts, "\n")
  while ((getline line < ARGV[1]) > 0)
    total += line ~ /^= /
  close(ARGV[1])
}

/^= / {
  end_slide()
  n_slides++
  text[++n_items] = substr($0, 3)
  style[n_items] = "title"
  since[n_items] = now
}

/^- / {
  text[++n_items] = substr($0, 3)
  style[n_items] = "line"
  since[n_items] = now
}

/^> / {
  now += lasts[++n_spoken]
}

END {
  end_slide()
  # Daybreak over two ranges of hills, for as long as the lecture lasts.
  show(0, 0, now, "hill", "{\\pos(0,0)\\1c&H5A9EF4&\\p1}m 930 620 b 930 510 1130 510 1130 620{\\p0}")
  show(0, 0, now, "hill", "{\\pos(0,0)\\1c&H9AB38C&\\p1}m 0 640 b 180 560 300 560 460 620 b 640 680 820 540 1000 600 b 1120 640 1200 590 1280 570 l 1280 720 0 720{\\p0}")
  show(0, 0, now, "hill", "{\\pos(0,0)\\1c&H4F6B3F&\\p1}m 0 690 b 240 620 420 700 640 670 b 860 640 1080 700 1280 640 l 1280 720 0 720{\\p0}")
}
