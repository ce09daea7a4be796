// The loudness of a sound over its time, computed here: the server sends the file only.
import { useQuery } from '@tanstack/react-query';
import { decodeSound } from './wav';

const PEAKS = 300;

function peaksOf(buffer: AudioBuffer): number[] {
  const samples = buffer.getChannelData(0);
  const peaks = Array.from({ length: PEAKS }, (_, i) => {
    let most = 0;
    for (let at = Math.floor((i * samples.length) / PEAKS); at < Math.floor(((i + 1) * samples.length) / PEAKS); at++) most = Math.max(most, Math.abs(samples[at] ?? 0));
    return most;
  });
  const loudest = Math.max(...peaks, 0.01);
  return peaks.map((peak) => peak / loudest);
}

export function usePeaks(url: string): number[] {
  const { data } = useQuery({
    queryKey: ['peaks', url],
    queryFn: async ({ signal }) => peaksOf(await decodeSound(await (await fetch(url, { signal })).arrayBuffer())),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
  return data ?? [];
}
