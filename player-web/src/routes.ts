// SPDX-License-Identifier: GPL-3.0-or-later
/* All screens: one row each. Those of the learner's first minute come with the app, the others when
 * they are visited. */
import { laterPage } from './app/page';
import { route, type Route } from './app/router';
import { CoursePage } from './features/catalogue/course_page';
import { HomePage } from './features/catalogue/home_page';
import { loadLecturePage } from './features/lecture/load';

/* Pages for whoever develops the pages; the production build leaves them out. */
const ofDevelopment: Route[] =
  import.meta.env.MODE === 'production'
    ? []
    : [route({ pattern: '/dev/ui', page: laterPage(() => import('./features/dev_ui/ui_page')) })];

export const routes: Route[] = [
  route({ pattern: '/', page: HomePage }),
  route({ pattern: '/login?next&again', page: laterPage(() => import('./features/login/login_page')) }),
  route({ pattern: '/course/:id', page: CoursePage }),
  route({ pattern: '/lecture/:id', page: laterPage(loadLecturePage) }),
  route({ pattern: '/studio', role: 'instructor', page: laterPage(() => import('./features/studio/list_page')) }),
  route({ pattern: '/studio/upload?lecture', role: 'instructor', page: laterPage(() => import('./features/uploads/upload_page')) }),
  route({ pattern: '/admin', role: 'admin', page: laterPage(() => import('./features/load/load_page')) }),
  route({ pattern: '/admin/announcements', role: 'admin', page: laterPage(() => import('./features/announcements/announcements_page')) }),
  ...ofDevelopment,
];
