// SPDX-License-Identifier: GPL-3.0-or-later
/* What the server says. Made from docs/openapi.yaml: change that, then `npm run types`.
 * allow(length): made by a program, and as long as the document is. */

export type Id = string;

/** RFC 3339 in UTC. */
export type Time = string;

/** What to ask for as `after` to get the following part; null after the last one. */
export type Next = string | null;

/** Application/problem+json, RFC 9457. */
export interface Problem {
  type: string;
  /** What is wrong, for people, in the language of Accept-Language. */
  title: string;
  /** The reply's. */
  status: number;
  /** What to do about it. */
  detail?: string;
  /** Which members of the request are wrong. */
  errors?: FieldError[];
}

export interface FieldError {
  /** A JSON pointer into the request's body, or the name of a parameter after #. */
  pointer: string;
  code: 'required' | 'too-short' | 'too-long' | 'too-small' | 'too-large' | 'not-one-of' | 'wrong-type' | 'unknown' | 'malformed';
}

export type Role = 'learner' | 'ambassador' | 'instructor' | 'admin';

/** No control characters. */
export type NewPassword = string;

export interface User {
  id: Id;
  login: string;
  name: string;
  role: Role;
}

export interface SignedIn {
  user: User;
}

export interface UserList {
  users: User[];
  next: Next;
}

export interface CourseRef {
  id: Id;
  title: string;
}

export interface CourseSummary {
  id: Id;
  title: string;
  /** Those that the caller sees. */
  n_lectures: number;
  /** Of those together. */
  duration_s: number;
}

export interface CourseList {
  courses: CourseSummary[];
  next: Next;
}

/** A course with a part of its lectures. */
export interface Course {
  id: Id;
  title: string;
  n_lectures: number;
  duration_s: number;
  lectures: LectureRow[];
  next: Next;
}

export type LectureState = 'uploading' | 'queued' | 'processing' | 'ready' | 'failed';

export interface LectureList {
  lectures: LectureRow[];
  next: Next;
}

/** What lists show of a lecture. */
export interface LectureRow {
  id: Id;
  title: string;
  course: CourseRef | null;
  state: LectureState;
  duration_s: number | null;
  created_at: Time;
  /** Set as soon as something can be watched; where, says the lecture itself. */
  playback: RowPlayback | null;
  /** Of a ready lecture null, but for its owner and admins when there are warnings. */
  job: Job | null;
  progress: ProgressSummary | null;
  upload?: UploadState;
}

export interface RowPlayback {
  poster: string | null;
}

/** One lecture, with where it plays. */
export interface Lecture {
  id: Id;
  title: string;
  course: CourseRef | null;
  state: LectureState;
  duration_s: number | null;
  created_at: Time;
  /** Set as soon as something can be watched, also while processing. */
  playback: Playback | null;
  job: Job | null;
  progress: ProgressSummary | null;
  upload?: UploadState;
}

export interface Playback {
  hls: string;
  audio: string | null;
  /** The same with sound in Opus, which costs less, for a player that knows it; null where there is no sound. `hls` and `audio` have no Opus, since players fail that switch between two codecs. */
  hls_opus?: string | null;
  /** `audio` in Opus. */
  audio_opus?: string | null;
  poster: string | null;
  /** Only of a ready lecture: small pictures for seeking, as WebVTT with cues "storyboard-N.jpg#xywh=x,y,w,h"; null where there is no picture. */
  storyboard?: string | null;
  /** Only of a ready lecture, the list of slides (SlideList); null for fewer than two. */
  slides?: string | null;
}

/** Only while uploading, for the owner. */
export interface UploadState {
  offset: number;
  length: number;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export type JobStage = 'plan' | 'sound' | 'chunk' | 'join';

export interface Job {
  state: JobState;
  /** Null unless running. */
  stage: JobStage | null;
  progress: number;
  /** 1 is real time. */
  speed: number | null;
  eta_s: number | null;
  error: Finding | null;
  warnings: Finding[];
  /** What keeps a queued or running job from going on; it goes on by itself. */
  waits_for: 'disk_space' | null;
}

/** A failure or a warning: a stable code and a sentence in both languages, which says the detail where it has a place for it. */
export interface Finding {
  code: string;
  /** Vietnamese. */
  message: string;
  message_en: string;
  /** The lecture's time that it is about; null: all of it. */
  from_s: number | null;
  until_s: number | null;
  /** What it is about: a codec, a track's name. */
  detail: string | null;
}

export interface SlideList {
  version: 1;
  /** Moving ones, as a camera's, have no slides. */
  pictures: 'still' | 'moving';
  slides: Slide[];
  /** The pictures to show while the sound alone is played, each from its time until the next one's. */
  states?: SlideState[];
}

export interface SlideState {
  start_s: number;
  /** The id of the slide that it is a state of; 0 before the first. */
  slide: number;
  /** Relative to this list. */
  file: string;
  bytes: number;
}

export interface Slide {
  /** Counted from 1. */
  id: number;
  start_s: number;
  /** Its picture, as in the storyboard's cues. */
  tile: string | null;
}

/** The caller's own, as of a few seconds ago; null for nobody signed in or nothing watched. /lectures/{id}/progress has it as of now. */
export interface ProgressSummary {
  position_s: number;
  watched_s: number;
  coverage: number;
  completed: boolean;
}

export interface Progress {
  position_s: number;
  /** Of the beat that said the position; null when that is not known. */
  session: string | null;
  /** Of that beat. */
  seq: number | null;
  watched_s: number;
  duration_s: number;
  coverage: number;
  completed: boolean;
  watched: Range[];
}

/** Media seconds [from, to), as played. */
export type Range = [number, number];

export interface Report {
  /** One opened player. */
  session: string;
  beats: Beat[];
}

export interface Beat {
  lecture: string;
  /** Counts the session's beats; the highest says the position. Between sessions the one that the server heard of later does. */
  seq: number;
  watched: Range[];
  position_s: number;
}

export interface Refusals {
  refused: Refusal[];
}

export interface Refusal {
  /** Of the beat in the report. */
  index: number;
  /** Too-soon claims more new seconds than there was time for up to now: it counts when it is sent again later, or in smaller pieces. */
  reason: 'malformed' | 'unknown-lecture' | 'too-soon';
}

export interface QuarantineList {
  quarantine: Quarantined[];
  next: Next;
}

/** A source that killed the decoder twice. */
export interface Quarantined {
  /** Absent when no failed lecture has the file any more. */
  lecture?: Id;
  title: string;
  filename: string;
  /** Login. */
  owner: string;
  source_sha256: string;
  source_bytes: number;
  stage: JobStage;
  failed_at: Time;
}

export interface AnnouncementList {
  announcements: Announcement[];
  next: Next;
}

export interface Announcement {
  id: Id;
  /** May have several lines. */
  text: string;
  made_at: Time;
  /** Absent while it stands. */
  withdrawn_at?: Time;
}

/** The answer to a POST that makes something. */
export interface Made {
  id: Id;
}

export interface Load {
  at: Time;
  uptime_s: number;
  /** People with a beat in the last 30 s; null when Redis does not say. */
  viewers: number | null;
  /** Open now. */
  connections: number;
  /** Since the start. */
  requests: number;
  requests_per_s: number;
  egress_bps: number;
  ingress_bps: number;
  responses: AnswerCounts;
  jobs: JobCounts;
  /** There is too little room above the disk floor. */
  jobs_wait_for_disk: boolean;
  disk_free_bytes: number;
  /** It answers and takes writes. */
  redis: boolean;
  /** One runs, here or elsewhere. */
  worker: boolean;
  unknown_media: UnknownMedia;
  /** What needs an admin now. */
  alarms: Alarm[];
}

/** Answers since the start, by class of status. */
export interface AnswerCounts {
  '2xx': number;
  '3xx': number;
  '4xx': number;
  '5xx': number;
}

/** Null for a count that could not be had. */
export interface JobCounts {
  queued: number | null;
  running: number | null;
  failed: number | null;
}

/** What lies on the disk and the database does not know, counted once an hour. */
export interface UnknownMedia {
  unknown_uploads_files: number;
  unknown_uploads_bytes: number;
  unknown_sources_files: number;
  unknown_sources_bytes: number;
  unknown_jobs_files: number;
  unknown_jobs_bytes: number;
  unknown_packages_files: number;
  unknown_packages_bytes: number;
}

export interface Alarm {
  name: AlarmName;
  since: Time;
  detail: string;
}

export type AlarmName = 'redis' | 'redis-memory' | 'redis-evicts' | 'redis-set-aside' | 'jobs' | 'drain';
