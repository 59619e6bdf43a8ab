// SPDX-License-Identifier: GPL-3.0-or-later
/* Choosing files, naming them, sending them. With ?lecture=ID it goes on with an upload that was
 * interrupted, also one begun in another browser. */
import type { JSX, TargetedEvent } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Field } from '../../app/forms/field';
import { loadAll } from '../../app/lists';
import { Page } from '../../app/page';
import { useResource } from '../../app/resource';
import type { Params } from '../../app/router';
import { hasRole, user } from '../../app/session';
import type { CourseSummary, Lecture } from '../../app/types';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';
import '../../ui/rows.css';
import { courses, lectureAt, myLectures } from '../catalogue/api';
import { t } from './text';
import { UploadQueue } from './upload_queue';
import { UploadRow } from './upload_row';
import { cutTyped } from './upload_rules';
import type { UploadTask } from './upload_task';
import './uploads.css';

const ACCEPT = 'video/*,audio/*,.mkv,.mts,.m2ts,.ts,.flv,.wmv,.avi,.mov,.vob,.aif,.aiff,.amr,.caf,.w64,.mxf';
const NEW_COURSE = 'new';

async function unfinishedLecture(id: string | undefined): Promise<Lecture | null> {
  if (!id) return null;
  const lecture = await lectureAt(id);
  return lecture.state === 'uploading' ? lecture : null;
}

type CourseOption = Pick<CourseSummary, 'id' | 'title'>;

/** The courses that this person may add to: an admin to all, a teacher to those with lectures of theirs.
 * Others would be refused; a title of one's own without a lecture yet is found again by its title. */
async function addableCourses(): Promise<CourseOption[]> {
  if (hasRole('admin')) return (await loadAll(courses)).courses;
  const { lectures } = await loadAll(myLectures);
  const mine = new Map<string, CourseOption>();
  for (const { course } of lectures) if (course) mine.set(course.id, course);
  return [...mine.values()];
}

function useLeaveGuard(queue: UploadQueue): void {
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent): void => {
      if (queue.isBusy()) event.preventDefault();
    };
    window.addEventListener('beforeunload', onLeave);
    return () => {
      window.removeEventListener('beforeunload', onLeave);
      queue.destroy();
    };
  }, [queue]);
}

function DropZone({ isFirst, onFiles }: { isFirst: boolean; onFiles: (files: File[]) => void }): JSX.Element {
  const [isOver, setOver] = useState(false);
  const onDrop = (event: TargetedEvent<HTMLElement, DragEvent>): void => {
    event.preventDefault();
    setOver(false);
    onFiles([...(event.dataTransfer?.files ?? [])]);
  };
  return (
    <label
      class={isOver ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <span class={isFirst ? 'button button-main' : 'button'}>
        <Icon name="upload" />
        {t(isFirst ? 'upload.choose' : 'upload.more')}
      </span>
      <span class="soft drop-hint">{t('upload.drop')}</span>
      <input
        type="file"
        class="drop-input"
        accept={ACCEPT}
        multiple
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}

interface CourseChoiceProps {
  courses: CourseOption[];
  chosen: string;
  newTitle: string;
  onChoose: (chosen: string) => void;
  onTitle: (title: string) => void;
}

function CourseChoice({ courses, chosen, newTitle, onChoose, onTitle }: CourseChoiceProps): JSX.Element {
  return (
    <>
      <Field
        name="course"
        label={t('upload.course')}
        value={chosen}
        onInput={onChoose}
        options={[
          { value: '', title: t('upload.course_none') },
          ...courses.map(({ id, title }) => ({ value: id, title })),
          { value: NEW_COURSE, title: t('upload.course_new') },
        ]}
      />
      {chosen === NEW_COURSE && (
        <Field
          name="title"
          label={t('upload.course_title')}
          value={newTitle}
          onInput={(written, control) => onTitle((control.value = cutTyped(written)))}
        />
      )}
    </>
  );
}

export default function UploadPage({ lecture }: Params<'/studio/upload?lecture'>): JSX.Element {
  const queue = useMemo(() => new UploadQueue(), []);
  const offered = useResource(addableCourses, []);
  const unfinished = useResource(() => unfinishedLecture(lecture), [lecture]);
  const [chosen, setChosen] = useState('');
  const [newTitle, setNewTitle] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  useLeaveGuard(queue);

  const tasks = queue.tasks.value;
  const toSend = tasks.filter((task) => task.state.value === 'editing');
  const isSending = tasks.some((task) => ['waiting', 'uploading', 'retrying'].includes(task.state.value));
  const old = unfinished.state.value.value;

  const addFiles = (files: File[]): void => {
    const userId = user.peek()?.id ?? '';
    for (const [i, file] of files.entries()) {
      const known = i === 0 && old?.upload ? { id: old.id, length: old.upload.length, title: old.title } : null;
      const task = queue.add(known ? { file, userId, known } : { file, userId });
      void task.look().then(() => task.findPrevious());
    }
  };

  const send = (): void => {
    const isNamed = (task: UploadTask): boolean => task.title.peek().trim() !== '';
    setProblem(toSend.every(isNamed) ? null : t('upload.no_title'));
    for (const task of toSend.filter(isNamed)) {
      task.course = (chosen === NEW_COURSE ? newTitle : chosen) || null;
      queue.run(task);
    }
  };

  return (
    <Page
      title={t('upload.title')}
      heading={old ? old.title : t('upload.title')}
      up={{ href: '/studio', title: t('upload.to_list') }}
    >
      {old && (
        <Notice icon="upload">
          <p>{t('upload.reselect')}</p>
        </Notice>
      )}
      <DropZone isFirst={tasks.length === 0} onFiles={addFiles} />
      {tasks.map((task) => (
        <UploadRow key={task} task={task} queue={queue} />
      ))}
      {problem && (
        <Notice tone="bad" icon="warn" role="alert">
          <p>{problem}</p>
        </Notice>
      )}
      {toSend.length > 0 && (
        <>
          {!old && (
            <CourseChoice
              courses={offered.state.value.value ?? []}
              chosen={chosen}
              newTitle={newTitle}
              onChoose={setChosen}
              onTitle={setNewTitle}
            />
          )}
          <button type="button" class="button button-main" onClick={send}>
            <Icon name="upload" />
            {t('upload.start')}
          </button>
        </>
      )}
      {isSending && (
        <Notice icon="clock">
          <p>{t('upload.keep_open')}</p>
        </Notice>
      )}
    </Page>
  );
}
