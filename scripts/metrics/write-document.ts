/** `npm run docs:metrics`: writes docs/METRICS.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsDocument } from './document.ts';

writeFileSync(join(import.meta.dirname, '../../docs/METRICS.md'), metricsDocument());
