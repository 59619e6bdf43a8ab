// SPDX-License-Identifier: GPL-3.0-or-later
/* The sign-in form, wherever a person is needed; most visits need none. */
import { later } from './later';

export const SignIn = later(() => import('../features/login/login_form'));
