import { render } from 'preact';
import type { RunModel } from '../../helpers/run-report/run-model';
import { Report } from './report';

const data = document.getElementById('run')?.textContent ?? '';
const page = document.getElementById('page');
if (page) render(<Report run={JSON.parse(data) as RunModel} />, page);
