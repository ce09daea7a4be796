// The rates of a line as a table.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { invalidateEntity } from './related';
import type { Line } from './types';

export const ratesTable = ({ id }: Line) => `/api/lines/${id}/rates.csv`;

export interface RatesReport {
  rows: number;
  created: number;
  updated: number;
  deleted: number;
}

/** What the table does not name goes. */
export function useUploadRates({ id }: Line) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (file: File) => request<RatesReport>('PUT', `lines/${id}/rates.csv`, file),
    onSettled: () => invalidateEntity(client, 'rate'),
  });
}
