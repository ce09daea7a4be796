// The files of a loop, in the order in which they are played.
import { ActionIcon, Button, FileButton, Group, Switch, Text, Tooltip } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useList, useSave } from '../../api/collections';
import { musicAudio, useUploadMusic } from '../../api/music';
import type { MusicFile, MusicLoop } from '../../api/types';
import { FieldGroup } from '../../forms/FieldGroup';
import { OrderedList } from '../../forms/OrderedList';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon, type IconName } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { usePlayer } from '../../sound/usePlayer';
import { length, volume } from './length';
import classes from './music.module.css';

const FILES_MAX = 16;
const STEP_DB = 2;
const SOFTEST_DB = -30;
const LOUDEST_DB = 10;

function Act({ icon, label, disabled, onClick }: { icon: IconName; label: string; disabled?: boolean; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" size="sm" aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon name={icon} size={15} />
      </ActionIcon>
    </Tooltip>
  );
}

interface ToolsProps {
  file: MusicFile;
  playing: boolean;
  onPlay: () => void;
  onStop: () => void;
  onChange: (values: Partial<MusicFile>) => void;
}

function Tools({ file, playing, onPlay, onStop, onChange }: ToolsProps) {
  const { t } = useTranslation();
  const { name } = file;
  const louder = (db: number) => onChange({ gain_db: Math.max(SOFTEST_DB, Math.min(LOUDEST_DB, file.gain_db + db)) });
  return (
    <span className={classes.tools}>
      <span className={classes.number}>{length(file.length_ms)}</span>
      <Group gap={0} wrap="nowrap">
        <Act icon="minus" label={t('music.softer', { name })} disabled={file.gain_db <= SOFTEST_DB} onClick={() => louder(-STEP_DB)} />
        <span className={classes.number}>{volume(t, file.gain_db)}</span>
        <Act icon="plus" label={t('music.louder', { name })} disabled={file.gain_db >= LOUDEST_DB} onClick={() => louder(STEP_DB)} />
      </Group>
      {playing ? <Act icon="stop" label={t('music.stop', { name })} onClick={onStop} /> : <Act icon="play" label={t('music.play', { name })} onClick={onPlay} />}
      <Tooltip label={t('music.download', { name })}>
        <ActionIcon component="a" href={musicAudio(file)} download={`${name}.wav`} variant="subtle" size="sm" aria-label={t('music.download', { name })}>
          <Icon name="download" size={15} />
        </ActionIcon>
      </Tooltip>
      <Switch size="xs" aria-label={t('music.isPlayed', { name })} checked={file.enabled} onChange={(event) => onChange({ enabled: event.currentTarget.checked })} />
    </span>
  );
}

export function Files({ loop }: { loop: MusicLoop }) {
  const { t } = useTranslation();
  const files = useList<MusicFile>('music-files', { loop: loop.id, sort: 'position', page: 1, per_page: FILES_MAX }).data?.items ?? [];
  const store = useSave<MusicFile>('music-files');
  const upload = useUploadMusic(loop);
  const [remove, dialogue] = useConfirmedRemove('music-files');
  const { playing, play, stop } = usePlayer(useCallback(() => notifyError(new Error(t('prompts.silent'))), [t]));

  const change = (file: MusicFile, values: Partial<MusicFile>) => void store.mutateAsync({ id: file.id, values }).catch(notifyError);
  const send = async (chosen: File[]) => {
    try {
      for (const file of chosen) await upload.mutateAsync(file); // one after the other: they keep their order
      if (chosen.length) notifyDone(t('music.uploaded', { count: chosen.length }));
    } catch (error) {
      notifyError(error);
    }
  };
  const order = (keys: string[]) => {
    const gone = files.find(({ id }) => !keys.includes(String(id)));
    if (gone?.builtin) notifyError(new Error(t('music.suppliedFile')));
    else if (gone) void remove([gone]);
    else {
      // the one that moved is the one without which both orders are the same
      const before = files.map(({ id }) => String(id));
      const without = (list: string[], key: string) => list.filter((one) => one !== key).join();
      const moved = files.find(({ id }) => keys.indexOf(String(id)) !== before.indexOf(String(id)) && without(keys, String(id)) === without(before, String(id)));
      if (moved) change(moved, { position: keys.indexOf(String(moved.id)) + 1 });
    }
  };

  return (
    <FieldGroup title={t('music.files')}>
      <Text size="sm" c="dimmed">
        {t('music.filesHelp', { count: FILES_MAX })}
      </Text>
      <OrderedList
        label={t('music.files')}
        empty={t('music.noFiles')}
        entries={files.map((file) => ({
          key: String(file.id),
          name: file.name,
          badge: (
            <Tools
              file={file}
              playing={playing === musicAudio(file)}
              onPlay={() => play(musicAudio(file))}
              onStop={stop}
              onChange={(values) => change(file, values)}
            />
          ),
        }))}
        onOrder={order}
      />
      <FileButton multiple accept="audio/*,.wav,.flac,.ogg,.opus,.mp3" onChange={(chosen) => void send(chosen)}>
        {(props) => (
          <Button
            variant="default"
            style={{ alignSelf: 'flex-start' }}
            leftSection={<Icon name="upload" size={14} />}
            loading={upload.isPending}
            disabled={files.length >= FILES_MAX}
            {...props}
          >
            {t('music.upload')}
          </Button>
        )}
      </FileButton>
      {dialogue}
    </FieldGroup>
  );
}
