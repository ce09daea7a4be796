// What the system writes, in each language; an administrator may write it differently.
import { Badge, Code, Loader, Modal, Text, Textarea, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { MailTemplate } from '../../api/types';
import { EntityForm } from '../../forms/EntityForm';
import { optionLabel } from '../../forms/texts';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

function useTitle() {
  const { t } = useTranslation();
  return ({ kind, language }: MailTemplate) =>
    `${t(`mail.kind.${kind}`, { defaultValue: kind })}, ${optionLabel('user', 'language', language)}`;
}

function Form({ schema, template, onClose }: { schema: EntitySchema; template: MailTemplate; onClose: () => void }) {
  const { t } = useTranslation();
  const store = useSave<MailTemplate>('mail-templates');
  const form = useEntityForm({
    entity: 'mail_template',
    schema,
    stored: template as Record<string, unknown>,
    fields: ['subject', 'text'],
    save: async (values, before) => {
      await store.mutateAsync({ id: template.id, values, before });
      notifyDone(t('forms.saved'));
      onClose();
    },
  });
  const text = (field: 'subject' | 'text') => ({
    label: t(`mail.text.${field}`),
    value: String(form.value(field) ?? ''),
    error: form.error(field),
    placeholder: field === 'subject' ? template.standard_subject : template.standard_text,
  });
  return (
    <EntityForm form={form} onCancel={onClose}>
      <Text size="sm">
        {t('mail.text.words')}{' '}
        {template.words.split(' ').map((word) => (
          <Code key={word} mr={4}>{`{${word}}`}</Code>
        ))}
      </Text>
      <TextInput {...text('subject')} onChange={(event) => form.set('subject', event.currentTarget.value)} />
      <Textarea {...text('text')} rows={14} onChange={(event) => form.set('text', event.currentTarget.value)} />
    </EntityForm>
  );
}

export function MailTexts() {
  const { t } = useTranslation();
  const title = useTitle();
  const schema = useEntitySchema('mail_template', 'patch');
  const [view, setView] = useTableView('mail-templates', { sort: 'kind' });
  const data = useServerTable<MailTemplate>('mail-templates', view);
  const [picked, setPicked] = useState<MailTemplate | null>(null);
  const [params, setParams] = useSearchParams();
  const named = params.get('template'); // the search leads to one of them
  const edited = picked ?? data.rows.find(({ id }) => String(id) === named) ?? null;
  const close = () => {
    setPicked(null);
    setParams(
      (old) => {
        old.delete('template');
        return old;
      },
      { replace: true },
    );
  };

  const columns = useMemo<Column<MailTemplate>[]>(
    () => [
      { id: 'kind', text: 'mail.column.kind', sortable: true, cell: ({ kind }) => t(`mail.kind.${kind}`, { defaultValue: kind }) },
      { id: 'language', text: 'mail.column.language', sortable: true, cell: ({ language }) => optionLabel('user', 'language', language) },
      { id: 'subject', text: 'mail.column.subject', cell: ({ subject, standard_subject }) => subject || standard_subject },
      {
        id: 'own',
        text: 'mail.column.own',
        cell: ({ subject, text }) => (subject || text) && <Badge color="brass">{t('mail.text.own')}</Badge>,
      },
    ],
    [t],
  );

  return (
    <>
      <DataTable
        id="mail-templates"
        label={t('mail.tab.texts')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(template) => template.id}
        onOpen={setPicked}
      />
      {edited && (
        <Modal opened onClose={close} title={title(edited)} size="lg" closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
          {schema ? <Form schema={schema} template={edited} onClose={close} /> : <Loader size="sm" />}
        </Modal>
      )}
    </>
  );
}
