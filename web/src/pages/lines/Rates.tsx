// What calls on a line cost (LIN-5): by the beginning of the number, as a table of the provider or by hand.
import { Alert, Button, FileButton, Group, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ratesTable, useUploadRates } from '../../api/rates';
import { ApiError } from '../../api/error';
import type { Line, Rate } from '../../api/types';
import { EntityDialogue } from '../../forms/EntityDialogue';
import { fieldLabel } from '../../forms/texts';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { money } from '../../i18n/money';
import { Icon } from '../../shell/icons';
import { fieldErrorText, notifyDone, notifyError } from '../../shell/notify';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

const FIELDS = ['prefix', 'name', 'per_minute_micro', 'setup_micro', 'first_s', 'step_s'];

/** Which lines of the table are wrong, and how; null: the table is not what is wrong. */
function faultsOf(error: unknown): string[] | null {
  if (!(error instanceof ApiError) || error.status !== 422) return null;
  return error.fields.map((fault) => [fault.row, fault.field && fieldLabel('rate', fault.field), fieldErrorText(fault)].filter(Boolean).join(': '));
}

function Actions({ line, onNew, onFaults }: { line: Line; onNew: () => void; onFaults: (faults: string[]) => void }) {
  const { t } = useTranslation();
  const upload = useUploadRates(line);
  const take = (file: File | null) => {
    if (!file) return;
    onFaults([]);
    upload.mutate(file, {
      onSuccess: ({ created, updated, deleted }) => notifyDone(t('lines.rates.read', { created, updated, deleted })),
      onError: (error) => {
        const faults = faultsOf(error);
        if (faults) onFaults(faults);
        else notifyError(error);
      },
    });
  };
  return (
    <Group gap="xs">
      <Button component="a" href={ratesTable(line)} download variant="default" leftSection={<Icon name="download" size={14} />}>
        {t('lines.rates.download')}
      </Button>
      <FileButton accept=".csv,.txt,text/csv" onChange={take}>
        {(props) => (
          <Button {...props} variant="default" loading={upload.isPending} leftSection={<Icon name="upload" size={14} />}>
            {t('lines.rates.upload')}
          </Button>
        )}
      </FileButton>
      <Button leftSection={<Icon name="plus" size={14} />} onClick={onNew}>
        {t('lines.rates.new')}
      </Button>
    </Group>
  );
}

export function Rates({ line }: { line: Line }) {
  const { t } = useTranslation();
  const [view, setView] = useTableView('rates', { sort: 'prefix' });
  const data = useServerTable<Rate>('rates', view, { line: line.id });
  const [edited, setEdited] = useState<Rate | 'new' | null>(null);
  const [faults, setFaults] = useState<string[]>([]);
  const [remove, dialogue] = useConfirmedRemove('rates');
  const columns = useMemo<Column<Rate>[]>(() => {
    const price = (micro: number) => (micro ? money(micro, line.currency) : '–');
    return [
      { id: 'prefix', text: 'lines.rates.column.prefix', sortable: true, cell: ({ prefix }) => prefix || t('lines.rates.others') },
      { id: 'name', text: 'lines.rates.column.name', sortable: true, cell: ({ name }) => name },
      { id: 'per_minute_micro', text: 'lines.rates.column.minute', sortable: true, numeric: true, cell: ({ per_minute_micro }) => price(per_minute_micro) },
      { id: 'setup_micro', text: 'lines.rates.column.setup', sortable: true, numeric: true, cell: ({ setup_micro }) => price(setup_micro) },
      { id: 'interval', text: 'lines.rates.column.interval', numeric: true, cell: ({ first_s, step_s }) => `${first_s}/${step_s}` },
    ];
  }, [line.currency, t]);

  return (
    <>
      <Group justify="space-between" mb="sm" align="flex-start">
        <Text c="dimmed" maw={640}>
          {t('lines.rates.intro')}
        </Text>
        <Actions line={line} onNew={() => setEdited('new')} onFaults={setFaults} />
      </Group>
      {faults.length > 0 && (
        <Alert color="red" mb="sm" title={t('lines.rates.faults')}>
          {faults.map((fault) => (
            <div key={fault}>{fault}</div>
          ))}
        </Alert>
      )}
      <DataTable
        id="rates"
        label={t('lines.tab.rates')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={({ id }) => id}
        empty={t('lines.rates.none')}
        onOpen={setEdited}
        onRemove={(rates) => remove(rates.map(({ id, prefix }) => ({ id, name: prefix || t('lines.rates.others') })))}
      />
      {edited && (
        <EntityDialogue
          entity="rate"
          collection="rates"
          fields={FIELDS}
          title={t(edited === 'new' ? 'lines.rates.new' : 'lines.rates.one')}
          item={edited === 'new' ? null : edited}
          fixed={{ line: line.id }}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </>
  );
}
