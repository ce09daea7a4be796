// The only place that talks HTTP: JSON in and out, the CSRF header, errors as ApiError.
import { ApiError, errorFrom } from './error';
import type { ListParams } from './types';

let csrfToken = '';
let onLoggedOut: () => void = () => undefined;

export function setCsrfToken(token: string) {
  csrfToken = token;
}

/** Called when the server no longer knows our session. */
export function setLoggedOutHandler(handler: () => void) {
  onLoggedOut = handler;
}

async function readBody(answer: Response): Promise<unknown> {
  if (answer.status === 204) return null;
  try {
    return await answer.json();
  } catch {
    return null;
  }
}

interface Options {
  /** Of a file; a table by default. */
  type?: string;
  signal?: AbortSignal;
  /** Only while the item is as it was when it came with this version. */
  version?: string;
}

async function send(method: string, path: string, body: unknown, { signal, version, type = 'text/csv' }: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = body instanceof Blob ? type : 'application/json';
  if (version) headers['If-Match'] = version;
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  try {
    return await fetch(`/api/${path}`, {
      method,
      headers,
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
      signal,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, 'unreachable', '');
  }
}

/** What the server gave, with what stands in the header of its answer. */
export interface Answer<T> {
  data: T;
  /** Of an item: to be given back when it is changed. */
  version: string;
  /** Of a write: what undoes it; 0 = none. */
  change: number;
}

export async function ask<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<Answer<T>> {
  const answer = await send(method, path, body, options);
  const data = await readBody(answer);
  if (answer.ok) {
    return { data: data as T, version: answer.headers.get('ETag') ?? '', change: Number(answer.headers.get('Strowger-Change') ?? 0) };
  }
  if (answer.status === 401 && path !== 'session') onLoggedOut();
  throw errorFrom(answer.status, data, Number(answer.headers.get('Retry-After') ?? 0));
}

export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return (await ask<T>(method, path, body, { signal })).data;
}

export function query(params: ListParams): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') pairs.set(key, String(value));
  }
  const text = pairs.toString();
  return text ? `?${text}` : '';
}

const audioType = (file: Blob) => (file.type.startsWith('audio/') ? file.type : 'audio/wav');

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, undefined, signal),
  post: <T>(path: string, body?: unknown) => request<T>('POST', path, body),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', path, body),
  /** A file with a table. */
  sendTable: <T>(path: string, file: Blob) => request<T>('POST', path, file),
  /** A file with sound, in place of what is there. */
  sendAudio: async <T>(path: string, file: Blob) => (await ask<T>('PUT', path, file, { type: audioType(file) })).data,
  addAudio: async <T>(path: string, file: Blob) => (await ask<T>('POST', path, file, { type: audioType(file) })).data,
  remove: (path: string, body?: unknown) => request<null>('DELETE', path, body),
};
