/** Servers on this machine, for people without any, for demonstrations and for tests. */
package io.plumbline.jobs.local;
