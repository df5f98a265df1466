import { engine } from '../../engine/desk.ts';

export const planted = engine;
