// Records by the microphone. What browsers record differs (Opus in WebM, in Ogg, AAC): a WAV file comes out.
import { useCallback, useEffect, useRef, useState } from 'react';
import { decodeSound, wavOf } from './wav';

/** Browsers give the microphone to pages by https:// and on this machine only. */
export const canRecord = () => typeof MediaRecorder !== 'undefined' && !!(navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia;

export function useRecorder(onDone: (sound: Blob) => void, onError: (error: unknown) => void) {
  const recorder = useRef<MediaRecorder | null>(null);
  const [recording, setRecording] = useState(false);
  const done = useRef(onDone); // as it is when the recording ends: who begins one says at once what it is for
  useEffect(() => {
    done.current = onDone;
  }, [onDone]);

  const start = useCallback(async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const next = new MediaRecorder(stream);
      const pieces: Blob[] = [];
      next.addEventListener('dataavailable', (event) => pieces.push(event.data));
      next.addEventListener('stop', () => {
        for (const track of stream.getTracks()) track.stop();
        if (recorder.current !== next) return; // the page has gone away
        recorder.current = null;
        setRecording(false);
        new Blob(pieces).arrayBuffer().then(decodeSound).then(wavOf).then((sound) => done.current(sound)).catch(onError);
      });
      recorder.current = next;
      next.start();
      setRecording(true);
    } catch (error) {
      onError(error);
    }
  }, [onError]);

  const stop = useCallback(() => recorder.current?.stop(), []);
  useEffect(
    () => () => {
      const last = recorder.current;
      recorder.current = null;
      if (last && last.state !== 'inactive') last.stop();
    },
    [],
  );
  return { recording, start, stop };
}
