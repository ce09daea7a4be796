// What belongs to routing besides its entities: a test of a number, public holidays, lines by their names.
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, query } from './client';
import { useList } from './collections';
import type { EmergencyNumber, Line, PublicHoliday, RoutePlan, RouteTest } from './types';

/** There are few of all of these. */
export const ALL = { page: 1, per_page: 1000 };
const LINES = { ...ALL, sort: 'position' };

export function useLines() {
  return useList<Line>('lines', LINES);
}

export function useEmergencyNumbers() {
  return useList<EmergencyNumber>('emergency-numbers', ALL);
}

export function useRouteTest() {
  return useMutation({ mutationFn: (question: RouteTest) => api.post<RoutePlan>('routing/test', question) });
}

export function usePublicHolidays(region: string, year: number) {
  return useQuery({
    queryKey: ['holidays', 'public', region, year],
    queryFn: async ({ signal }) => (await api.get<{ items: PublicHoliday[] }>(`holidays/public${query({ region, year })}`, signal)).items,
  });
}
