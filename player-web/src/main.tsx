// SPDX-License-Identifier: GPL-3.0-or-later
import './app/base.css';
import './app/page.css';
import { startApp } from './app/start';
import { startProgressService } from './progress/service';
import { routes } from './routes';

startProgressService();
void startApp(routes);
