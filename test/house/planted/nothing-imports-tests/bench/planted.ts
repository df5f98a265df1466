import { fixture } from '../test/fixture.ts';

export const planted = fixture;
