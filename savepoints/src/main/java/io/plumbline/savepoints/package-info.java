/**
 * What lies in a savepoint of a live job, read from the savepoint alone: definitions, timelines,
 * positions. See docs/savepoints.md.
 */
package io.plumbline.savepoints;
