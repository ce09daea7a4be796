// The cache of everything read from the server. Live events keep it fresh, so it rarely asks twice.
import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './error';

const RETRIES = 2;

function worthRetrying(failures: number, error: unknown) {
  const status = error instanceof ApiError ? error.status : 0;
  return failures < RETRIES && (status === 0 || status >= 500);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 30_000, retry: worthRetrying, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
});
