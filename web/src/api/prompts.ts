// What the system says on the telephone: all of it, in each language.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, query } from './client';
import type { Prompt } from './types';

const KEY = 'prompt'; // as the live events call it

const address = ({ language, name }: Prompt) => `prompts/${language}/${name}`;

export const promptAudio = (prompt: Prompt) => `/api/${address(prompt)}/audio`;

export function usePrompts(language: string) {
  return useQuery({
    queryKey: [KEY, language],
    queryFn: async ({ signal }) => (await api.get<{ items: Prompt[] }>(`prompts${query({ language })}`, signal)).items,
  });
}

export function useReplacePrompt() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ prompt, file }: { prompt: Prompt; file: File }) =>
      api.sendAudio<Prompt>(`${address(prompt)}${query({ file_name: file.name })}`, file),
    onSettled: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}

export function useRestorePrompt() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (prompt: Prompt) => api.remove(address(prompt)),
    onSettled: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}
