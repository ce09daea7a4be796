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

async function send(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  try {
    return await fetch(`/api/${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, 'unreachable', '');
  }
}

export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await send(method, path, body, signal);
  const data = await readBody(answer);
  if (answer.ok) return data as T;
  if (answer.status === 401 && path !== 'session') onLoggedOut();
  throw errorFrom(answer.status, data, Number(answer.headers.get('Retry-After') ?? 0));
}

export function query(params: ListParams): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') pairs.set(key, String(value));
  }
  const text = pairs.toString();
  return text ? `?${text}` : '';
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, undefined, signal),
  post: <T>(path: string, body?: unknown) => request<T>('POST', path, body),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', path, body),
  remove: (path: string, body?: unknown) => request<null>('DELETE', path, body),
};
