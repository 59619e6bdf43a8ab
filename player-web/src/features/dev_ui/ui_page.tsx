// SPDX-License-Identifier: GPL-3.0-or-later
/* Every component in every state, to look at and to measure (tests/browser/ui_test.mjs). Part of no
 * production build, so its words are here and not in a catalogue. */
import type { ComponentChildren, JSX } from 'preact';
import { signal } from '@preact/signals';
import { ApiError } from '../../app/api';
import { Field, Tick } from '../../app/forms/field';
import { Form } from '../../app/forms/form';
import { Page } from '../../app/page';
import type { LectureRow } from '../../app/types';
import { Bar } from '../../ui/bar';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icon';
import { Loaded } from '../../ui/loaded';
import { Notice, Problem, type Tone } from '../../ui/notice';
import { Pager } from '../../ui/pager';
import '../../ui/rows.css';
import { Table } from '../../ui/table';
import { toast } from '../../ui/toast';
import { ErrorNotice } from '../../ui/waiting';
import { LectureCard, ResumeCard } from '../catalogue/lecture_card';
import LoginForm from '../login/login_form';
import './ui_page.css';

const never = (): Promise<never> => new Promise(() => undefined);

const refused = new ApiError('refused', 422, {
  type: '/problems/invalid-fields',
  title: 'Có ô điền chưa đúng',
  status: 422,
  errors: [
    { pointer: '/title', code: 'too-long' },
    { pointer: '/kind', code: 'not-one-of' },
    { pointer: '/words', code: 'required' },
  ],
});

const LECTURE: LectureRow = {
  id: 'l1',
  title: 'Dùng điện thoại an toàn: mật khẩu và tin nhắn lạ',
  course: { id: 'c1', title: 'Kỹ năng số cho mọi nhà' },
  state: 'ready',
  duration_s: 1520,
  created_at: '2026-11-20T03:00:00Z',
  playback: { poster: null },
  job: null,
  progress: null,
};

function Part({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="ui-part" data-part={name} aria-label={name}>
      <h2>{name}</h2>
      {children}
    </section>
  );
}

function Buttons(): JSX.Element {
  return (
    <Part name="Buttons">
      <div class="form-foot">
        <button type="button" class="button button-main">
          <Icon name="upload" />
          Tải bài lên
        </button>
        <button type="button" class="button">
          Xem thêm
        </button>
        <button type="button" class="button button-small">
          <Icon name="retry" />
          Thử lại
        </button>
        <button type="button" class="button button-small button-plain">
          <Icon name="pencil" />
          Đổi tên
        </button>
        <button type="button" class="button button-danger">
          Xoá hẳn
        </button>
        <button type="button" class="button button-main" aria-disabled="true">
          Đang gửi…
        </button>
        <button type="button" class="button" disabled>
          Không bấm được
        </button>
        <button type="button" class="round-button" aria-label="Đóng">
          <Icon name="close" />
        </button>
      </div>
    </Part>
  );
}

const TONES: Tone[] = ['calm', 'good', 'warn', 'bad'];

function Notices(): JSX.Element {
  return (
    <Part name="Notices">
      {TONES.map((tone) => (
        <Notice key={tone} tone={tone} icon={tone === 'good' ? 'check' : 'warn'} title="Bài đang chờ tới lượt xử lý">
          <p>Trang này tự cập nhật. Bạn có thể quay lại sau.</p>
        </Notice>
      ))}
      <Problem error={new ApiError('busy', 503)} />
      <ErrorNotice error={new ApiError('offline', 0)} onRetry={() => undefined} />
    </Part>
  );
}

function Loading(): JSX.Element {
  const of = (state: object) => ({
    state: signal({ value: null, isStale: false, error: null, ...state }),
    refresh: never,
    extend: never,
  });
  return (
    <Part name="Loaded">
      <Loaded resource={of({})}>{() => null}</Loaded>
      <Loaded resource={of({ value: 'Bài một', isStale: true, error: new ApiError('offline', 0) })}>{(text) => <p>{text}</p>}</Loaded>
      <Bar part={0.42} label="Đã xem 42%" />
      <Bar part={0.9} label="Đã xem 90%" tone="sun" />
      <p>
        <span class="tag tag-ready">Sẵn sàng</span> <span class="tag tag-processing">Đang xử lý 42%</span>{' '}
        <span class="tag tag-failed">Bị lỗi</span> <span class="tag">Đang chờ</span>
      </p>
    </Part>
  );
}

const KINDS = [
  { value: '', title: 'Không thuộc khoá nào' },
  { value: 'c1', title: 'Kỹ năng số cho mọi nhà' },
];

function Fields({ initial }: { initial?: string }): JSX.Element {
  return (
    <>
      <Field name="title" label="Tên bài" hint="Một dòng, tối đa 200 ký tự." required max={200} initial={initial} />
      <Field name="kind" label="Khoá học" options={KINDS} />
      <Field name="words" label="Lời nhắn" rows={3} initial={initial} />
    </>
  );
}

function Forms(): JSX.Element {
  return (
    <Part name="Forms">
      <div data-form="empty">
        <Form submit="Gửi" onSubmit={never} onCancel={() => undefined}>
          <Fields />
          <Tick name="all" label="Cho mọi người xem" />
        </Form>
      </div>
      <div data-form="refused">
        <Form submit="Gửi" onSubmit={() => Promise.reject(refused)}>
          <Fields initial="Trồng ngô trên đất dốc" />
        </Form>
      </div>
      <div data-form="busy">
        <Form submit="Gửi" onSubmit={never}>
          <Fields initial="Phòng bệnh cho trâu bò mùa rét" />
        </Form>
      </div>
      <LoginForm lead="Để nhớ bạn đã học đến đâu, trên mọi máy." />
    </Part>
  );
}

const ROWS = ['Trồng ngô trên đất dốc', 'Phòng bệnh cho trâu bò mùa rét', 'Gửi ảnh và giấy tờ qua mạng'];

function Lists(): JSX.Element {
  return (
    <Part name="Lists">
      <Table
        caption="Thông báo"
        rows={ROWS}
        id={(row) => row}
        columns={[
          { head: 'Nội dung', cell: (row) => row },
          { head: 'Ngày đăng', cell: () => '20/11/2026' },
          {
            head: '',
            cell: () => (
              <Confirm ask="Gỡ thông báo này?" yes="Gỡ xuống" onYes={never} hint="Người học không thấy thông báo này nữa.">
                Gỡ xuống
              </Confirm>
            ),
          },
        ]}
      />
      <Table<string>
        caption="Bảng rộng, kéo ngang"
        rows={ROWS}
        id={(row) => row}
        onPhone="move"
        columns={['a', 'b', 'c', 'd', 'e'].map((head) => ({ head: `Cột ${head}`, cell: (row) => row.slice(0, 14) }))}
      />
      <Table caption="Không có gì" rows={[]} id={String} columns={[]} empty={<Notice icon="clock" title="Chưa có thông báo nào" />} />
      <Pager next onMore={never} />
      <button type="button" class="button" data-toast onClick={() => toast('Đã đăng thông báo.')}>
        Nói một câu
      </button>
    </Part>
  );
}

function Cards(): JSX.Element {
  return (
    <Part name="Cards">
      <ResumeCard lecture={LECTURE} />
      <ul class="cards">
        {(['ready', 'processing', 'queued', 'failed'] as const).map((state) => (
          <li key={state}>
            <LectureCard lecture={{ ...LECTURE, id: state, state, playback: null }} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

export default function UiPage(): JSX.Element {
  return (
    <Page title="Mọi thành phần" up={{ href: '/', title: 'Trang chủ' }}>
      <Buttons />
      <Notices />
      <Loading />
      <Forms />
      <Lists />
      <Cards />
    </Page>
  );
}
