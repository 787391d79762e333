import './page.css';
import { render } from 'preact';
import { followSystemTheme } from '../components/theme';
import { App } from './app';

followSystemTheme();
const page = document.getElementById('page');
if (page) render(<App />, page);
