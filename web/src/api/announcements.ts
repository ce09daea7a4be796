// Announcements: of everybody for administrators, else one's own and those that everybody may choose.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, query } from './client';
import { invalidateEntity } from './related';
import type { Announcement } from './types';

export type AnnouncementList = 'announcements' | 'me/announcements';

/** Another address for another sound: what the browser has kept is not played for it. */
export const announcementAudio = (list: AnnouncementList, { id, changed_at }: Announcement) => `/api/${list}/${id}/audio?at=${encodeURIComponent(changed_at ?? '')}`;

export function useNameAnnouncement(list: AnnouncementList) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: { id: number | null; name: string }) =>
      id === null ? api.post<Announcement>(list, { name }) : api.patch<Announcement>(`${list}/${id}`, { name }),
    onSettled: () => invalidateEntity(client, 'announcement'),
  });
}

export function useSetSound(list: AnnouncementList) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, sound, name }: { id: number; sound: Blob; name?: string }) =>
      api.sendAudio<Announcement>(`${list}/${id}/audio${query({ file_name: name })}`, sound),
    onSettled: () => invalidateEntity(client, 'announcement'),
  });
}
