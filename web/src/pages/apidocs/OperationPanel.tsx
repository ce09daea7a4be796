// One operation: closed a line, open all there is to know, and a try of it where it only reads.
import { Group, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../forms/CopyButton';
import classes from './apidocs.module.css';
import { curl, schemaName, typeText, type Document, type Operation, type Parameter } from './document';
import { Trial } from './Trial';

function Parameters({ parameters }: { parameters: Parameter[] }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={240}>
      <Table aria-label={t('apidocs.parameters')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('apidocs.name')}</Table.Th>
            <Table.Th>{t('apidocs.in')}</Table.Th>
            <Table.Th>{t('apidocs.type')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {parameters.map((one) => (
            <Table.Tr key={one.name}>
              <Table.Td className="mono">{one.name}</Table.Td>
              <Table.Td>{t(`apidocs.place.${one.in}`)}</Table.Td>
              <Table.Td className={classes.type}>{typeText(one.schema)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Fields({ name, document, input }: { name: string; document: Document; input: boolean }) {
  const { t } = useTranslation();
  const schema = document.components.schemas[name];
  const fields = Object.entries(schema?.properties ?? {});
  if (!schema || fields.length === 0) return null;
  return (
    <details className={classes.schema}>
      <summary>{t('apidocs.schema', { name })}</summary>
      <Table.ScrollContainer minWidth={320}>
        <Table aria-label={t('apidocs.schema', { name })}>
          <Table.Tbody>
            {fields.map(([field, one]) => (
              <Table.Tr key={field}>
                <Table.Td className="mono">{field}</Table.Td>
                <Table.Td className={classes.type}>{typeText(one)}</Table.Td>
                <Table.Td>
                  {[one.description ?? one.title, input && schema.required?.includes(field) && t('apidocs.required'), one.readOnly && t('apidocs.readOnly')]
                    .filter(Boolean)
                    .join('; ')}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </details>
  );
}

function Details({ operation, document }: { operation: Operation; document: Document }) {
  const { t } = useTranslation();
  const command = curl(operation, document);
  const names = [schemaName(operation.body), schemaName(operation.answer)];
  const shown = [...new Set(names.filter((name) => name !== undefined))];
  return (
    <div className={classes.details}>
      {operation.parameters.length > 0 && <Parameters parameters={operation.parameters} />}
      {operation.body && (
        <Text>
          {t('apidocs.body')}: <span className="mono">{typeText(operation.body)}</span>
        </Text>
      )}
      <Text>
        {t('apidocs.answer')}: <span className="mono">{`${operation.status} ${operation.answerType} ${typeText(operation.answer)}`}</span>
      </Text>
      {shown.map((name) => (
        <Fields key={name} name={name} document={document} input={name === schemaName(operation.body)} />
      ))}
      <Group gap={4} mt="xs">
        <Text fw={600}>{t('apidocs.curl')}</Text>
        <CopyButton text={command} what={t('apidocs.curl')} />
      </Group>
      {/* a scrolling text must be reachable with the keyboard */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={`mono ${classes.code}`} tabIndex={0} aria-label={t('apidocs.curl')}>
        {command}
      </pre>
      {operation.method === 'GET' && operation.answerType === 'application/json' && <Trial operation={operation} />}
    </div>
  );
}

export function OperationPanel({ operation, document }: { operation: Operation; document: Document }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={classes.operation} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.line}>
        <span className={`mono ${classes.method}`} data-method={operation.method}>
          {operation.method}
        </span>
        <span className={`mono ${classes.path}`}>{operation.path}</span>
        <span className={classes.summary}>{operation.summary}</span>
      </summary>
      {open && <Details operation={operation} document={document} />}
    </details>
  );
}
