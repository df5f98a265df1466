import { store } from '../shared/adapters/embedded/store.ts';

export const planted = store;
