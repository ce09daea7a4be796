// What the system says: to be heard, replaced by a file of one's own, and put back.
import { ActionIcon, Badge, FileButton, Group, SegmentedControl, Select, Text, Tooltip } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { promptAudio, usePrompts, useReplacePrompt, useRestorePrompt } from '../../api/prompts';
import type { Prompt } from '../../api/types';
import { dateTime } from '../../i18n/format';
import { Icon, type IconName } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useLocalTable } from '../../table/useLocalTable';
import { useTableView } from '../../table/useTableView';
import classes from './prompts.module.css';
import { usePlayer } from '../../sound/usePlayer';

const LANGUAGES = ['de', 'en'];
const GROUPS = ['general', 'services', 'voicemail', 'conference', 'numbers', 'times'];

interface ActProps {
  icon: IconName;
  label: string;
  busy?: boolean;
  onClick: () => void;
}

function Act({ icon, label, busy, onClick }: ActProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" aria-label={label} loading={busy} onClick={onClick}>
        <Icon name={icon} size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

export default function Prompts() {
  const { t, i18n } = useTranslation();
  const [language, setLanguage] = useState(LANGUAGES.includes(i18n.language) ? i18n.language : 'en');
  const [group, setGroup] = useState<string | null>(null);
  const [view, setView] = useTableView('prompts', { sort: 'order' });
  const prompts = usePrompts(language);
  const replace = useReplacePrompt();
  const restore = useRestorePrompt();
  const { playing, play, stop } = usePlayer(useCallback(() => notifyError(new Error(t('prompts.silent'))), [t]));

  const shown = useMemo(() => prompts.data?.filter((prompt) => !group || prompt.group === group), [prompts.data, group]);
  const titleOf = useCallback((prompt: Prompt) => prompt.text || t('prompts.tone'), [t]);
  const keys = useMemo(() => {
    const order = new Map(prompts.data?.map(({ name }, place) => [name, place]));
    return {
      order: ({ name }: Prompt) => order.get(name) ?? 0,
      text: titleOf,
      name: ({ name }: Prompt) => name,
      group: (prompt: Prompt) => t(`prompts.group.${prompt.group}`),
      source: ({ replaced_at, recorded }: Prompt) => (replaced_at ? 2 : recorded ? 1 : 0),
      file: ({ file_name }: Prompt) => file_name ?? '',
    };
  }, [prompts.data, t, titleOf]);
  const data = useLocalTable({ ...prompts, data: shown }, view, keys);

  const upload = (prompt: Prompt, file: File) =>
    replace.mutate({ prompt, file }, { onSuccess: () => notifyDone(t('prompts.replaced')), onError: notifyError });
  const putBack = (prompt: Prompt) => restore.mutate(prompt, { onSuccess: () => notifyDone(t('prompts.restored')), onError: notifyError });
  const isBusy = (prompt: Prompt) => replace.isPending && replace.variables.prompt.name === prompt.name;

  const source = ({ replaced_at, recorded, file_name }: Prompt) => {
    if (!replaced_at) return <Badge color="gray">{t(recorded ? 'prompts.recorded' : 'prompts.spoken')}</Badge>;
    return (
      <Tooltip label={[file_name, dateTime(replaced_at)].filter(Boolean).join(', ')}>
        <Badge color="brass">{t('prompts.own')}</Badge>
      </Tooltip>
    );
  };
  const actions = (prompt: Prompt) => {
    const url = promptAudio(prompt);
    const text = titleOf(prompt);
    return (
      <Group gap={4} wrap="nowrap" justify="flex-end">
        {playing === url ? (
          <Act icon="stop" label={t('prompts.stop', { text })} onClick={stop} />
        ) : (
          <Act icon="play" label={t('prompts.listen', { text })} onClick={() => play(url)} />
        )}
        <FileButton accept="audio/*,.wav,.flac,.ogg,.opus,.mp3" onChange={(file) => file && upload(prompt, file)}>
          {(props) => <Act icon="upload" label={t('prompts.replace', { text })} busy={isBusy(prompt)} {...props} />}
        </FileButton>
        {prompt.replaced_at && <Act icon="restore" label={t('prompts.restore', { text })} onClick={() => putBack(prompt)} />}
      </Group>
    );
  };
  const columns: Column<Prompt>[] = [
    { id: 'text', text: 'prompts.column.text', sortable: true, cell: (prompt) => <span lang={language} className={classes.text}>{titleOf(prompt)}</span> },
    { id: 'group', text: 'prompts.column.group', sortable: true, cell: (prompt) => t(`prompts.group.${prompt.group}`) },
    { id: 'source', text: 'prompts.column.source', sortable: true, cell: source },
    { id: 'file', text: 'prompts.column.file', sortable: true, extra: true, cell: ({ file_name }) => file_name },
    { id: 'name', text: 'prompts.column.name', sortable: true, extra: true, cell: ({ name }) => name },
    { id: 'actions', text: 'prompts.column.actions', numeric: true, cell: actions },
  ];

  return (
    <PageFrame title={t('prompts.title')}>
      <Text c="dimmed" mb="sm" maw={800}>
        {t('prompts.intro')}
      </Text>
      <DataTable
        id="prompts"
        label={t('prompts.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(prompt) => `${prompt.language} ${prompt.name}`}
        empty={t('prompts.none')}
        filters={
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('prompts.language')}
              data={LANGUAGES.map((value) => ({ value, label: t(`prompts.in.${value}`) }))}
              value={language}
              onChange={setLanguage}
            />
            <Select
              size="xs"
              clearable
              aria-label={t('prompts.column.group')}
              placeholder={t('prompts.all')}
              data={GROUPS.map((value) => ({ value, label: t(`prompts.group.${value}`) }))}
              value={group}
              onChange={(next) => {
                setGroup(next);
                setView({ page: 1 });
              }}
            />
          </>
        }
      />
    </PageFrame>
  );
}
