import { describeQualityStore } from '../contracts/suites/quality-store.ts';
import { MemoryQualityStore } from './memory-quality-store.ts';

describeQualityStore('MemoryQualityStore', () => new MemoryQualityStore());
