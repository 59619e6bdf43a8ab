// SPDX-License-Identifier: GPL-3.0-or-later
/* What the server says: the words of its API, unchanged. */

export type Role = 'learner' | 'ambassador' | 'instructor' | 'admin';

export interface User {
  id: string;
  login: string;
  name: string;
  role: Role;
}

export interface CourseSummary {
  id: string;
  title: string;
  n_lectures: number;
  duration_s: number;
}

/** A part of a list: `next` is where the following part begins, null after the last one. */
export interface Page {
  next: string | null;
}

export interface CourseList extends Page {
  courses: CourseSummary[];
}

export interface LectureList extends Page {
  lectures: LectureRow[];
}

/** A course with a part of its lectures. */
export type Course = CourseSummary & LectureList;

export interface QuarantineList extends Page {
  quarantine: Quarantined[];
}

export type LectureState = 'uploading' | 'queued' | 'processing' | 'ready' | 'failed';
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
export type JobStage = 'plan' | 'sound' | 'chunk' | 'join';

export interface Playback {
  hls: string;
  audio: string | null;
  poster: string | null;
  /** Small pictures for seeking, and the list of slides. Only of one lecture that is ready. */
  storyboard?: string | null;
  slides?: string | null;
}

/** A slide of a lecture; its picture is a part of a sheet, "storyboard-0.jpg#xywh=x,y,w,h". */
export interface Slide {
  id: number;
  start_s: number;
  tile: string | null;
}

export interface SlideList {
  pictures: 'still' | 'moving';
  slides: Slide[];
}

/** A failure or a warning: a stable code and a sentence in both languages. */
export interface Finding {
  code: string;
  message: string;
  message_en: string;
}

export interface Job {
  state: JobState;
  stage: JobStage | null;
  progress: number;
  speed: number | null;
  eta_s: number | null;
  error: Finding | null;
  warnings: Finding[];
  /** What keeps it from going on: nothing, or free space on the server's disk. */
  waits_for?: 'disk_space' | null;
}

/** A lecture in a list: what lists show of it. */
export interface LectureRow {
  id: string;
  title: string;
  course: { id: string; title: string } | null;
  state: LectureState;
  duration_s: number | null;
  created_at: string;
  /** Set as soon as something can be watched, also while processing. */
  playback: Pick<Playback, 'poster'> | null;
  /** Of a ready lecture only in the studio, when there are warnings. */
  job: Job | null;
  /** Only while uploading. */
  upload?: { offset: number; length: number };
}

/** One lecture, with where it plays. */
export interface Lecture extends LectureRow {
  playback: Playback | null;
}

/** Media seconds [from, to), as played. */
export type Range = [from_s: number, to_s: number];

export interface Progress {
  position_s: number;
  /** The beat that said the position; null when that is not known. */
  session?: string | null;
  seq?: number | null;
  watched_s: number;
  duration_s: number;
  coverage: number;
  completed: boolean;
  watched: Range[];
}

/** A source that killed the decoder twice. */
export interface Quarantined {
  lecture?: string; // absent when no failed lecture has the file any more
  title: string;
  filename: string;
  owner: string;
  source_sha256: string;
  source_bytes: number;
  stage: JobStage;
  failed_at: string;
}

/** application/problem+json, RFC 9457. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  /** What is wrong with which field of a body. */
  errors?: FieldError[];
}

/** A fault of one field. */
export interface FieldError {
  /** JSON pointer into the body: "/title". */
  pointer: string;
  /** required, too-short, too-long, too-small, too-large, not-one-of, wrong-type, unknown, malformed */
  code: string;
  detail?: string;
}
