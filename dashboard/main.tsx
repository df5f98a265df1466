/** Puts the page into its document. */
import { render } from 'preact';
import { Page } from './page/page.tsx';

render(<Page />, document.body);
