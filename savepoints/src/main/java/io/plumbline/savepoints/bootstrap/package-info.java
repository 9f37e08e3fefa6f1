/** Makes a savepoint of a lake, from which a live job goes on where the lake ends. */
package io.plumbline.savepoints.bootstrap;
