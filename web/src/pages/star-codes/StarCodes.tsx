// All star codes: what each does, how it is dialled, and sets of them to begin with.
import { Button, Group, Loader, Modal, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import { useSaveSettings, useSettings } from '../../api/settings';
import { useCodeFaults, useStarCodes, type CodeSet, type StarCode } from '../../api/starCodes';
import { EntityForm } from '../../forms/EntityForm';
import { useEntityForm } from '../../forms/useEntityForm';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { codeHelp, codeLabel, FIXED_PIN_CODE } from './starCodes';
import classes from './starCodes.module.css';

const CHECK_MS = 300;
const SETS: CodeSet[] = ['standard', 'freepbx'];

/** What a set would change, before it does. */
function SetPreview({ codes, set, onClose }: { codes: StarCode[]; set: CodeSet; onClose: () => void }) {
  const { t } = useTranslation();
  const store = useSaveSettings();
  const differ = codes.filter((one) => one.code !== one[set]);
  const apply = () => {
    const values = Object.fromEntries(differ.map((one) => [one.field, one[set]]));
    const before = Object.fromEntries(differ.map((one) => [one.field, one.code]));
    store.mutate({ values, before }, {
      onError: notifyError,
      onSuccess: () => {
        notifyDone(t('forms.saved'));
        onClose();
      },
    });
  };
  return (
    <Modal opened onClose={onClose} title={t(`starCodes.set.${set}`)} size="lg" closeButtonProps={{ 'aria-label': t('forms.close') }}>
      {differ.length === 0 && <Text>{t('starCodes.nothingChanges')}</Text>}
      {differ.length > 0 && (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('starCodes.does')}</th>
              <th scope="col">{t('starCodes.now')}</th>
              <th scope="col">{t('starCodes.then')}</th>
            </tr>
          </thead>
          <tbody>
            {differ.map((one) => (
              <tr key={one.field}>
                <th scope="row">{codeLabel(one)}</th>
                <td className={classes.code}>{one.code || '–'}</td>
                <td className={classes.code}>{one[set] || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {set === 'freepbx' && (
        <Text size="sm" mt="sm">
          {t('starCodes.freepbxNote')}
        </Text>
      )}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('forms.cancel')}
        </Button>
        <Button disabled={differ.length === 0} loading={store.isPending} onClick={apply}>
          {t('starCodes.apply', { count: differ.length })}
        </Button>
      </Group>
    </Modal>
  );
}

function Codes({ schema, settings, codes }: { schema: EntitySchema; settings: Record<string, unknown>; codes: StarCode[] }) {
  const { t } = useTranslation();
  const store = useSaveSettings();
  const form = useEntityForm({
    entity: 'settings',
    schema,
    stored: settings,
    fields: codes.map(({ field }) => field),
    save: async (values, before) => {
      await store.mutateAsync({ values, before });
      notifyDone(t('forms.saved'));
    },
  });
  const typed = Object.fromEntries(codes.filter(({ field }) => form.value(field) !== settings[field]).map(({ field }) => [field, String(form.value(field))]));
  const [asked] = useDebouncedValue(JSON.stringify(typed), CHECK_MS);
  const faults = useCodeFaults(JSON.parse(asked) as Record<string, string>).data ?? {};
  return (
    <EntityForm form={form}>
      <div className={`panel ${classes.box}`}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('starCodes.does')}</th>
              <th scope="col">{t('starCodes.code')}</th>
              <th scope="col" className={classes.wide}>
                {t('starCodes.standard')}
              </th>
            </tr>
          </thead>
          <tbody>
            {codes.map((one) => (
              <tr key={one.field} data-setting={one.field}>
                <th scope="row">
                  {codeLabel(one)}
                  {codeHelp(one) && (
                    <Text size="xs" c="dimmed">
                      {codeHelp(one)}
                    </Text>
                  )}
                </th>
                <td>
                  <TextInput
                    aria-label={codeLabel(one)}
                    className={classes.code}
                    placeholder={t('starCodes.off')}
                    maxLength={11}
                    value={String(form.value(one.field) ?? '')}
                    error={form.error(one.field) ?? (one.field in typed ? faults[one.field] : undefined)}
                    onChange={({ currentTarget }) => form.set(one.field, currentTarget.value.replace(/[^0-9*#]/g, ''))}
                  />
                </td>
                <td className={`${classes.code} ${classes.wide}`}>{one.standard}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <Text size="sm" mt="sm">
          {t('starCodes.fixed', { code: FIXED_PIN_CODE })}
        </Text>
      </div>
    </EntityForm>
  );
}

export default function StarCodes() {
  const { t } = useTranslation();
  const schema = useEntitySchema('settings', 'patch');
  const settings = useSettings();
  const codes = useStarCodes();
  const [set, setSet] = useState<CodeSet | null>(null);
  if (!schema || !settings.data || !codes.data) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={t('starCodes.title')}>
      <div className={classes.bar}>
        {SETS.map((one) => (
          <Button key={one} variant="default" onClick={() => setSet(one)}>
            {t(`starCodes.set.${one}`)}
          </Button>
        ))}
        <Button variant="default" leftSection={<Icon name="print" size={15} />} onClick={() => window.print()}>
          {t('starCodes.print')}
        </Button>
      </div>
      <Codes schema={schema} settings={settings.data as Record<string, unknown>} codes={codes.data} />
      {set && <SetPreview codes={codes.data} set={set} onClose={() => setSet(null)} />}
    </PageFrame>
  );
}
