// Plays one message: from anywhere in it, and faster for who is in a hurry.
import { ActionIcon, Group, SegmentedControl, Text, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import { voicemailAudio } from '../../api/voicemail';
import type { Voicemail } from '../../api/types';
import { duration } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { notifyError } from '../../shell/notify';
import { usePeaks } from '../../sound/usePeaks';
import { Waveform } from '../../sound/Waveform';

const SPEEDS = ['1', '1.25', '1.5', '2'];

export function Player({ message, onPlayed }: { message: Voicemail; onPlayed: () => void }) {
  const { t } = useTranslation();
  const url = voicemailAudio(message);
  const sound = useRef<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(message.length_ms / 1000);
  const [speed, setSpeed] = useState('1');
  const peaks = usePeaks(url);

  useEffect(() => {
    const element = sound.current;
    if (element) element.playbackRate = Number(speed);
  }, [speed]);

  const toggle = () => {
    const element = sound.current;
    if (!element) return;
    if (!element.paused) {
      element.pause();
      return;
    }
    element.playbackRate = Number(speed);
    void element.play().then(onPlayed, () => notifyError(new ApiError(0, 'silent', t('prompts.silent'))));
  };
  const seek = (seconds: number) => {
    if (sound.current) sound.current.currentTime = seconds;
    setAt(seconds);
  };
  const text = t(playing ? 'voicemail.pause' : 'voicemail.play');
  return (
    <Group gap="sm">
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- nobody has written down what callers say */}
      <audio
        ref={sound}
        src={url}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => setLength(event.currentTarget.duration)}
      />
      <Tooltip label={text}>
        <ActionIcon size="lg" radius="xl" aria-label={text} onClick={toggle}>
          <Icon name={playing ? 'pause' : 'play'} size={18} />
        </ActionIcon>
      </Tooltip>
      <Waveform label={t('voicemail.position')} peaks={peaks} at_s={at} length_s={length} onSeek={seek} />
      <Text size="sm" className="mono">
        {duration(at)} / {duration(Math.round(length))}
      </Text>
      <SegmentedControl size="xs" aria-label={t('voicemail.speed')} value={speed} onChange={setSpeed} data={SPEEDS.map((value) => ({ value, label: `${value}×` }))} />
    </Group>
  );
}
