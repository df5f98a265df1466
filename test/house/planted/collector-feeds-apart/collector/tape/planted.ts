import { feed } from '../live/feed.ts';

export const planted = feed;
