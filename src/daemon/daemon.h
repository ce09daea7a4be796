/*
 * daemon/ - strowgerd: reads the boot options, builds the rooms, connects them,
 * starts and stops them in order. Nothing happens here that a room could do.
 *
 *   main thread        signalling: loop, net, sip, registrar, call (signalling.c)
 *   media threads      made by media/
 *   "management"       drains what signalling reports into store and api, rebuilds
 *                      the directory after a change (management.c)
 *   api's threads      made by api/
 *
 * The planes exchange the messages of messages.h through mailboxes. switchboard.c
 * is the signalling plane without I/O; the simulation runs the very same one.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

/** The whole life of strowgerd. Returns the exit code: 0 orderly end, 1 could not
 *  start or run (one line on stderr says why and what to do), 2 wrong usage. */
int daemon_main(int argc, char **argv);

#endif
