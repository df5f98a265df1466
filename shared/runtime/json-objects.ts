import type { ObjectStore } from '../ports/object-store.ts';

export async function putJson(objects: ObjectStore, key: string, value: unknown): Promise<void> {
  await objects.put(key, Buffer.from(JSON.stringify(value)), 'application/json');
}

/** @throws when the object is not there: keys are only passed on once their object is durable. */
export async function getJson<T>(objects: ObjectStore, key: string): Promise<T> {
  const body = await objects.get(key);
  if (body === null) throw new Error(`no object ${key}`);
  return JSON.parse(Buffer.from(body).toString('utf8')) as T;
}
