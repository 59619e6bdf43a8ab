// SPDX-License-Identifier: GPL-3.0-or-later
/* What there is to learn. */
import { at, json } from '../../app/api';
import { listAt, type List } from '../../app/lists';
import type { Course, CourseList, Lecture, LectureList, LectureRow, Progress } from '../../app/types';

export const courses = listAt<CourseList>(at`/courses`, 'courses');
export const lectures = listAt<LectureList>(at`/lectures`, 'lectures');
export const myLectures = listAt<LectureList>(at`/lectures?mine=1`, 'lectures');
export const courseAt = (id: string): List<Course> => listAt<Course>(at`/courses/${id}`, 'lectures');

export const lectureAt = (id: string): Promise<Lecture> => json(at`/lectures/${id}`);
export const progressOf = (id: string): Promise<Progress> => json(at`/lectures/${id}/progress`);

/** True while a lecture still changes on its own. */
export function isMoving({ state }: LectureRow): boolean {
  return state === 'uploading' || state === 'queued' || state === 'processing';
}
