// The server's refusal of a request, as the page shows it.
import type { Reason } from './types';

export interface FieldError {
  field: string;
  code: string;
  message: string;
  /** Of a request about several: which one it is about. */
  row?: number;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: FieldError[] = [],
    /** Seconds to wait before the next attempt; 0 = none. */
    readonly waitS = 0,
    /** Why a number cannot be called. */
    readonly reason: Reason | null = null,
  ) {
    super(message);
  }
}

/** Somebody else has written the same fields since they were read. */
export class ConflictError extends Error {
  constructor(
    readonly present: Record<string, unknown>,
    readonly fields: string[],
  ) {
    super('changed_meanwhile');
  }
}

interface ErrorBody {
  error?: {
    code?: string;
    message?: string;
    field?: string | null;
    row?: number;
    details?: (Omit<Partial<FieldError>, 'field'> & { field?: string | null })[];
    reason?: Reason;
  };
}

export function errorFrom(status: number, body: unknown, waitS = 0): ApiError {
  const error = (body as ErrorBody | null)?.error ?? {};
  const code = error.code ?? `http_${status}`;
  const message = error.message ?? '';
  const fields = (error.details ?? []).flatMap((d) =>
    d.field || d.row ? [{ field: d.field ?? '', code: d.code ?? code, message: d.message ?? message, row: d.row }] : [],
  );
  if (error.field && !fields.some((f) => f.field === error.field)) {
    fields.push({ field: error.field, code, message, row: error.row });
  }
  return new ApiError(status, code, message, fields, waitS, error.reason ?? null);
}
