// SRV-11: how many users, phones, lines and groups there may be, and the file that says so.
import { Alert, Badge, Button, Group, Loader, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Licence as Values } from '../../api/types';
import { BlockField } from '../../forms/BlockField';
import { useConfirm } from '../../forms/confirm';
import { FieldGroup } from '../../forms/FieldGroup';
import { dateTime } from '../../i18n/format';
import { errorText, notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import classes from './licence.module.css';

const LICENCE = ['licence'];
const SOON_MS = 30 * 86_400_000;
const KINDS = ['users', 'phones', 'lines', 'groups'] as const;

function useInstall() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => api.patch<Values>('licence', { text }),
    onSuccess: (saved) => client.setQueryData(LICENCE, saved),
  });
}

function End({ at }: { at: string | null | undefined }) {
  const { t } = useTranslation();
  if (!at) return <>{t('licence.forEver')}</>;
  const left = Date.parse(at) - Date.now();
  return (
    <>
      {dateTime(at)} {left < SOON_MS && <Badge color="red">{t(left < 0 ? 'licence.expired' : 'licence.soon')}</Badge>}
    </>
  );
}

function About({ licence }: { licence: Values }) {
  const { t } = useTranslation();
  if (!licence.number) return <Alert color="petrol">{t('licence.none')}</Alert>;
  const over = licence.valid_until && Date.parse(licence.valid_until) < Date.now();
  return (
    <Stack gap="sm">
      {over && (
        <Alert color="brass" role="alert">
          {t('licence.expiredHelp')}
        </Alert>
      )}
      <dl className={classes.facts}>
        <dt>{t('licence.number')}</dt>
        <dd>{licence.number}</dd>
        <dt>{t('licence.customer')}</dt>
        <dd>{licence.customer}</dd>
        <dt>{t('licence.until')}</dt>
        <dd>
          <End at={licence.valid_until} />
        </dd>
      </dl>
    </Stack>
  );
}

function Seats({ licence }: { licence: Values }) {
  const { t } = useTranslation();
  return (
    <Table aria-label={t('licence.seats')} withRowBorders>
      <Table.Thead>
        <Table.Tr>
          {['what', 'licensed', 'used', 'free'].map((name, index) => (
            <Table.Th key={name} ta={index ? 'right' : undefined}>
              {t(`licence.column.${name}`)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {KINDS.map((kind) => {
          const seats = licence[kind];
          const used = licence[`${kind}_used`] ?? 0;
          const free = seats ? Math.max(0, seats - used) : null;
          return (
            <Table.Tr key={kind}>
              <Table.Th scope="row">{t(`${kind}.title`)}</Table.Th>
              <Table.Td ta="right">{seats ?? t('licence.unlimited')}</Table.Td>
              <Table.Td ta="right">{used}</Table.Td>
              <Table.Td ta="right">{free === 0 ? <Badge color="red">0</Badge> : free ?? t('licence.unlimited')}</Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

function Install({ installed }: { installed: boolean }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [ask, dialogue] = useConfirm();
  const install = useInstall();
  const remove = useInstall();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    install.mutate(text, {
      onSuccess: () => {
        setText('');
        notifyDone(t('licence.installed'));
      },
    });
  };
  const takeAway = async () => {
    const question = { title: t('licence.remove'), text: t('licence.removeQuestion'), confirm: t('licence.remove') };
    if (await ask(question)) remove.mutate('', { onSuccess: () => notifyDone(t('licence.removed')), onError: notifyError });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <BlockField
          name="text"
          label={t('licence.file')}
          description={t('licence.fileHelp')}
          error={install.isError ? errorText(install.error) : undefined}
          value={text}
          onChange={(next) => {
            setText(next);
            install.reset();
          }}
        />
        <Group gap="xs">
          <Button type="submit" disabled={!text.trim()} loading={install.isPending}>
            {t('licence.install')}
          </Button>
          {installed && (
            <Button variant="light" color="red" loading={remove.isPending} onClick={() => void takeAway()}>
              {t('licence.remove')}
            </Button>
          )}
        </Group>
      </Stack>
      {dialogue}
    </form>
  );
}

export default function Licence() {
  const { t } = useTranslation();
  // the counts follow from other tables
  const licence = useQuery({ queryKey: LICENCE, queryFn: ({ signal }) => api.get<Values>('licence', signal), staleTime: 0 });
  return (
    <PageFrame title={t('licence.title')}>
      {licence.isError && (
        <Text role="alert" c="red">
          {errorText(licence.error)}
        </Text>
      )}
      {licence.isPending && <Loader size="sm" />}
      {licence.data && (
        <Stack gap="sm" maw={760}>
          <FieldGroup title={t('licence.present')}>
            <About licence={licence.data} />
          </FieldGroup>
          <FieldGroup title={t('licence.seats')}>
            <Seats licence={licence.data} />
          </FieldGroup>
          <FieldGroup title={t('licence.new')}>
            <Install installed={licence.data.number !== ''} />
          </FieldGroup>
        </Stack>
      )}
    </PageFrame>
  );
}
