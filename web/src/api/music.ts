// Music on hold: the files of its loops, and listening to them.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, query } from './client';
import { invalidateEntity } from './related';
import type { MusicFile, MusicLoop } from './types';

export const musicAudio = ({ id }: MusicFile) => `/api/music-files/${id}/audio`;

export function useUploadMusic(loop: MusicLoop) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (file: File) => api.addAudio<MusicFile>(`music-loops/${loop.id}/files${query({ file_name: file.name })}`, file),
    onSettled: () => invalidateEntity(client, 'music_file'),
  });
}
