// One sound at a time: what is played, and how to begin and end it.
import { useCallback, useEffect, useRef, useState } from 'react';

export function usePlayer(onError: () => void) {
  const sound = useRef<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState<string | null>(null);

  const stop = useCallback(() => {
    sound.current?.pause();
    sound.current = null;
    setPlaying(null);
  }, []);
  useEffect(() => stop, [stop]);

  const play = useCallback(
    (url: string) => {
      sound.current?.pause();
      const next = new Audio(url);
      const end = () => {
        if (sound.current !== next) return;
        sound.current = null;
        setPlaying(null);
      };
      next.addEventListener('ended', end);
      next.addEventListener('error', () => {
        if (sound.current === next) onError();
        end();
      });
      sound.current = next;
      setPlaying(url);
      next.play().catch(end); // the event says what is wrong
    },
    [onError],
  );

  return { playing, play, stop };
}
