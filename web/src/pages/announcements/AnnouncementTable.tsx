// Announcements: heard, recorded by the microphone, uploaded, renamed, deleted (VMB-3).
import { ActionIcon, Button, FileButton, Group, Menu, Text, Tooltip } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announcementAudio, useSetSound, type AnnouncementList } from '../../api/announcements';
import { useRemove } from '../../api/collections';
import { ApiError } from '../../api/error';
import type { Announcement } from '../../api/types';
import { useConfirm } from '../../forms/confirm';
import { dateTime, duration } from '../../i18n/format';
import { Icon, type IconName } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { AtPhoneDialogue } from '../../sound/AtPhoneDialogue';
import { canRecord, useRecorder } from '../../sound/useRecorder';
import { usePlayer } from '../../sound/usePlayer';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { NameDialogue } from './NameDialogue';

interface ActProps {
  icon: IconName;
  label: string;
  color?: string;
  busy?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function Act({ icon, label, color, busy, disabled, onClick }: ActProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color={color} aria-label={label} loading={busy} disabled={disabled} onClick={onClick}>
        <Icon name={icon} size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

export function AnnouncementTable({ list }: { list: AnnouncementList }) {
  const { t } = useTranslation();
  const own = list === 'me/announcements';
  const [view, setView] = useTableView(own ? 'own-announcements' : 'announcements', { sort: 'name' });
  const data = useServerTable<Announcement>(list, view);
  const [naming, setNaming] = useState<Announcement | 'new' | null>(null);
  const [target, setTarget] = useState<Announcement | null>(null); // whose sound is being recorded
  const [ringing, setRinging] = useState<{ one: Announcement; speaks: boolean } | null>(null); // at a telephone
  const [ask, dialogue] = useConfirm();
  const removal = useRemove(list);
  const { mutate: setSound, isPending, variables } = useSetSound(list);
  const { playing, play, stop } = usePlayer(useCallback(() => notifyError(new ApiError(0, 'silent', t('prompts.silent'))), [t]));

  const upload = useCallback(
    (id: number, sound: Blob, name?: string) => setSound({ id, sound, name }, { onSuccess: () => notifyDone(t('announcements.stored')), onError: notifyError }),
    [setSound, t],
  );
  const recorder = useRecorder(
    useCallback((sound: Blob) => target && upload(target.id, sound), [target, upload]),
    useCallback(() => notifyError(new ApiError(0, 'no_microphone', t('announcements.noMicrophone'))), [t]),
  );
  const record = (one: Announcement) => {
    stop();
    setTarget(one);
    void recorder.start();
  };
  const remove = async (one: Announcement) => {
    const sure = await ask({ title: t('forms.removeTitle'), text: t('announcements.removeQuestion', { name: one.name }), confirm: t('forms.removeConfirm') });
    if (sure) removal.mutate([one.id], { onError: (error) => notifyError(inWords(error)) });
  };
  /** Which mailboxes it is stands behind the colon. */
  const inWords = (error: unknown) => {
    if (!(error instanceof ApiError && error.code === 'announcement_in_use')) return error;
    return new ApiError(error.status, error.code, t('announcements.inUse', { names: error.message.replace(/^[^:]*: /, '') }));
  };
  const listen = (one: Announcement) => {
    const url = announcementAudio(list, one);
    if (!one.length_ms) return null;
    if (playing === url) return <Act icon="stop" label={t('prompts.stop', { text: one.name })} onClick={stop} />;
    return <Act icon="play" label={t('prompts.listen', { text: one.name })} onClick={() => play(url)} />;
  };
  const isMine = (one: Announcement) => !own || one.user !== null; // everybody's: administrators change it
  const atPhone = (one: Announcement) => {
    if (!isMine(one) && !one.length_ms) return null;
    const label = t('atPhone.menu', { name: one.name });
    return (
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Tooltip label={label}>
            <ActionIcon variant="subtle" aria-label={label}>
              <Icon name="phones" size={16} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {one.length_ms > 0 && (
            <Menu.Item leftSection={<Icon name="play" size={14} />} onClick={() => setRinging({ one, speaks: false })}>
              {t('atPhone.listen')}
            </Menu.Item>
          )}
          {isMine(one) && (
            <Menu.Item leftSection={<Icon name="microphone" size={14} />} onClick={() => setRinging({ one, speaks: true })}>
              {t('atPhone.record')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    );
  };
  const changes = (one: Announcement) => {
    if (!isMine(one)) return null;
    const mine = recorder.recording && target?.id === one.id;
    return (
      <>
        {mine ? (
          <Act icon="stop" color="red" label={t('announcements.stopRecording', { name: one.name })} onClick={recorder.stop} />
        ) : (
          <Act icon="microphone" label={t(canRecord() ? 'announcements.record' : 'announcements.recordNeedsHttps', { name: one.name })} disabled={recorder.recording || !canRecord()} onClick={() => record(one)} />
        )}
        <FileButton accept="audio/*,.wav,.flac,.ogg,.opus,.mp3" onChange={(file) => file && upload(one.id, file, file.name)}>
          {(props) => <Act icon="upload" label={t('announcements.upload', { name: one.name })} busy={isPending && variables.id === one.id} {...props} />}
        </FileButton>
        <Act icon="edit" label={t('announcements.renameOne', { name: one.name })} onClick={() => setNaming(one)} />
        <Act icon="trash" label={t('announcements.removeOne', { name: one.name })} onClick={() => void remove(one)} />
      </>
    );
  };
  const columns: Column<Announcement>[] = [
    { id: 'name', text: 'announcements.column.name', sortable: true, cell: ({ name }) => name },
    { id: 'user_name', text: 'announcements.column.user', sortable: true, cell: ({ user, user_name }) => (user === null ? t('announcements.everybody') : user_name) },
    { id: 'length_ms', text: 'announcements.column.length', numeric: true, cell: ({ length_ms }) => (length_ms ? duration(Math.ceil(length_ms / 1000)) : t('announcements.empty')) },
    { id: 'changed_at', text: 'announcements.column.changed', extra: true, cell: ({ changed_at }) => dateTime(changed_at) },
    { id: 'file_name', text: 'announcements.column.file', extra: true, cell: ({ file_name }) => file_name },
    {
      id: 'actions',
      text: 'announcements.column.actions',
      numeric: true,
      cell: (one) => (
        <Group gap={4} wrap="nowrap" justify="flex-end">
          {listen(one)}
          {atPhone(one)}
          {changes(one)}
        </Group>
      ),
    },
  ];
  return (
    <>
      <Group justify="space-between" mb="sm" align="flex-start">
        <Text c="dimmed" maw={640}>
          {t(own ? 'announcements.ownIntro' : 'announcements.intro')}
        </Text>
        <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setNaming('new')}>
          {t('announcements.new')}
        </Button>
      </Group>
      <DataTable
        id={own ? 'own-announcements' : 'announcements'}
        label={t('announcements.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={({ id }) => id}
        letters
        empty={t('announcements.none')}
      />
      {naming && <NameDialogue list={list} announcement={naming === 'new' ? null : naming} onClose={() => setNaming(null)} />}
      {ringing && (
        <AtPhoneDialogue
          name={ringing.one.name}
          path={`${list}/${ringing.one.id}/${ringing.speaks ? 'record' : 'play'}`}
          speaks={ringing.speaks}
          onClose={() => setRinging(null)}
        />
      )}
      {dialogue}
      <Text role="status" size="xs" c="red">
        {recorder.recording ? t('announcements.recording', { name: target?.name }) : ''}
      </Text>
    </>
  );
}
