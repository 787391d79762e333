import './report.css';
import { render } from 'preact';
import { followSystemTheme } from '../components/theme';
import type { PageRun } from '../../helpers/run-report/page-run';
import { Report } from './report';

followSystemTheme();
const data = document.getElementById('run')?.textContent ?? '';
const page = document.getElementById('page');
if (page) render(<Report run={JSON.parse(data) as PageRun} />, page);
