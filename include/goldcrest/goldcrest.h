/*
 * Goldcrest: runs a MobileNet from a .tflite file. C99, and C++ through goldcrest.hpp.
 *
 * In short: open a session, set its input (the pixels of a picture, or raw elements), run, read
 * the output (the best classes, or raw elements), close. docs/library.md has the long form.
 *
 * Errors. A function that can fail returns a code, GOLDCREST_OK being 0, and fills `*error` if
 * `error` is not null. No function throws, exits or writes to a stream.
 *
 * Threads. A session is used by one thread at a time; several sessions may be used by several
 * threads at once. A session has threads of its own (the option "threads").
 *
 * Memory. goldcrest_session_run allocates nothing. What a function returns a pointer to belongs to
 * the session, and stays where it is until the session is closed. Only handles are freed by the
 * caller, with the function that goes with them, which takes null too. A function that only reads
 * takes a null handle for an empty one.
 *
 * Text is UTF-8 and ends with a zero byte.
 *
 * Binary compatibility. Handles are opaque. A release may add functions, options and enumerators;
 * one that changes or removes anything, goldcrest_error and goldcrest_class included, has another
 * major version, which is part of the shared library's name (libgoldcrest.so.0).
 */
#ifndef GOLDCREST_GOLDCREST_H_
#define GOLDCREST_GOLDCREST_H_

#include <stddef.h>
#include <stdint.h>

#define GOLDCREST_VERSION "0.1.0"

#if defined(__GNUC__)
#define GOLDCREST_API __attribute__((visibility("default")))
#else
#define GOLDCREST_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that runs, as GOLDCREST_VERSION is that of the header. */
GOLDCREST_API const char* goldcrest_version(void);

/* ---- Errors ---- */

typedef enum goldcrest_code {
  GOLDCREST_OK = 0,
  GOLDCREST_INVALID = 1,     /* the input contradicts itself or its format */
  GOLDCREST_NOT_FOUND = 2,   /* a file or a name that is not there */
  GOLDCREST_UNSUPPORTED = 3, /* legal, but more than the library reads or runs */
  GOLDCREST_USAGE = 4,       /* the caller asked for something that makes no sense */
  GOLDCREST_IO = 5,          /* the operating system refused */
  GOLDCREST_LIMIT = 6,       /* larger than a limit, or than memory, allows */
  GOLDCREST_INTERNAL = 7     /* a mistake of the library's own */
} goldcrest_code;

/* What went wrong, where in the file, and what to do, on one line; a text too long loses its
 * middle. Left alone where nothing went wrong. */
typedef struct goldcrest_error {
  goldcrest_code code;
  char message[1020];
} goldcrest_error;

/* ---- Options ---- */

typedef struct goldcrest_options goldcrest_options;

/* All options at their defaults; null where there is no memory. */
GOLDCREST_API goldcrest_options* goldcrest_options_create(void);
GOLDCREST_API void goldcrest_options_destroy(goldcrest_options* options);

/* Sets an option by the name and in the words of the program's flag. "-" and "_" are equal.
 *
 *   threads       1 to 256, the caller's own included; default 1. The results are the same.
 *   isa           scalar, avx2, avxvnni, avx512, avx512vnni, avx512bf16, amx, neon, neondot,
 *                 neoni8mm: use no kernels beyond it; default: all that the machine runs. The
 *                 environment variable GOLDCREST_ISA caps it too.
 *   arithmetic    whose rounding integer operators follow: xnnpack (the default, the fastest:
 *                 what LiteRT does), reference (TensorFlow Lite's reference kernels, and its
 *                 runtime for microcontrollers), builtin (LiteRT without XNNPACK). Each gives the
 *                 very bytes.
 *   precision     what convolutions of floats multiply in: f32 (the default), or bf16 where the
 *                 machine has avx512bf16 or amx: faster, factors of 8 significant bits, sums in
 *                 float32.
 *   input-shapes  1,160,160,3: plan for inputs of this size, where the model allows it; several
 *                 inputs are separated by colons. Default: as the model says, a dynamic batch
 *                 being 1.
 *   normalize     what a byte of a picture becomes: tf (x / 127.5 - 1), torch, caffe, unit
 *                 (x / 255), none, MEAN,STD or M,M,M,S,S,S. Default: what the model file says.
 *   resize        tf2-bilinear, tf2-antialias, tf1-legacy, pil-nearest, pil-bilinear, pil-bicubic,
 *                 pil-lanczos.
 *   crop          the central square that is used, as a share of the shorter side, none, or
 *                 tf-central-crop:SHARE.
 *   cache         a file that keeps packed weights, so that they are mapped and not packed when the
 *                 session is opened again; "beside": the model's file with ".goldcrest-cache"
 * behind its name. It is written where it is missing, damaged or of another model, machine or
 * option, and must not be changed by others while the session is open. What cannot be written is a
 * note. Default: none.
 */
GOLDCREST_API goldcrest_code goldcrest_options_set(goldcrest_options* options, const char* name,
                                                   const char* value, goldcrest_error* error);

/* ---- Sessions ---- */

/* A model made ready to run. */
typedef struct goldcrest_session goldcrest_session;

/* Opens a .tflite file. `options` may be null, and may be destroyed afterwards. On an error
 * `*session` is null. The file must not be changed while the session is open: it is mapped. */
GOLDCREST_API goldcrest_code goldcrest_session_open(const char* path,
                                                    const goldcrest_options* options,
                                                    goldcrest_session** session,
                                                    goldcrest_error* error);

/* The same of a .tflite file in memory. The bytes are not copied and must stay as they are until
 * the session is closed; only if they begin at an address that is no multiple of 16, a copy is
 * made. */
GOLDCREST_API goldcrest_code goldcrest_session_open_memory(const void* bytes, size_t size,
                                                           const goldcrest_options* options,
                                                           goldcrest_session** session,
                                                           goldcrest_error* error);

GOLDCREST_API void goldcrest_session_close(goldcrest_session* session);

/* The instruction set of its kernels: "avx2". */
GOLDCREST_API const char* goldcrest_session_isa(const goldcrest_session* session);

/* Bytes of the memory that inputs, outputs and all between them share. */
GOLDCREST_API size_t goldcrest_session_arena_bytes(const goldcrest_session* session);

/* Things worth knowing that are no errors: a guessed normalization, labels that cannot be read. */
GOLDCREST_API size_t goldcrest_session_note_count(const goldcrest_session* session);
GOLDCREST_API const char* goldcrest_session_note(const goldcrest_session* session, size_t index);

/* ---- Inputs and outputs ---- */

typedef enum goldcrest_dtype {
  GOLDCREST_FLOAT32 = 0,
  GOLDCREST_FLOAT16 = 1,
  GOLDCREST_INT8 = 2,
  GOLDCREST_UINT8 = 3,
  GOLDCREST_INT16 = 4,
  GOLDCREST_INT32 = 5,
  GOLDCREST_INT64 = 6,
  GOLDCREST_BOOL = 7
} goldcrest_dtype;

/* An input or output of a session, elements and all; it lives as long as the session. */
typedef struct goldcrest_tensor goldcrest_tensor;

GOLDCREST_API size_t goldcrest_session_input_count(const goldcrest_session* session);
GOLDCREST_API size_t goldcrest_session_output_count(const goldcrest_session* session);

/* Null where there is no such input or output. */
GOLDCREST_API goldcrest_tensor* goldcrest_session_input(goldcrest_session* session, size_t index);
GOLDCREST_API const goldcrest_tensor* goldcrest_session_output(const goldcrest_session* session,
                                                               size_t index);

GOLDCREST_API const char* goldcrest_tensor_name(const goldcrest_tensor* tensor);
GOLDCREST_API goldcrest_dtype goldcrest_tensor_dtype(const goldcrest_tensor* tensor);
GOLDCREST_API size_t goldcrest_tensor_rank(const goldcrest_tensor* tensor);
/* As many dimensions as the rank says, outermost first; pictures are batch, rows, columns,
 * channels. */
GOLDCREST_API const int64_t* goldcrest_tensor_shape(const goldcrest_tensor* tensor);
/* real = scale * (element - zero point); a scale of 0: the elements stand for themselves. */
GOLDCREST_API float goldcrest_tensor_scale(const goldcrest_tensor* tensor);
GOLDCREST_API int64_t goldcrest_tensor_zero_point(const goldcrest_tensor* tensor);

/* The elements, row by row, in the session's own memory: write inputs before a run, read outputs
 * after it. Inputs keep what was written. */
GOLDCREST_API size_t goldcrest_tensor_size_bytes(const goldcrest_tensor* tensor);
GOLDCREST_API const void* goldcrest_tensor_data(const goldcrest_tensor* tensor);
GOLDCREST_API void* goldcrest_tensor_mutable_data(goldcrest_tensor* tensor);

/* Copies `elements` into an input. An error, and nothing copied, unless their type and shape are
 * the tensor's; its message says what the tensor takes, with scale and zero point. */
GOLDCREST_API goldcrest_code goldcrest_tensor_write(goldcrest_tensor* tensor, goldcrest_dtype dtype,
                                                    const int64_t* shape, size_t rank,
                                                    const void* elements, goldcrest_error* error);

/* ---- Pictures and classes ---- */

/* How pictures become the first input, on one line, or null where neither the file nor the options
 * say it. */
GOLDCREST_API const char* goldcrest_session_input_contract(const goldcrest_session* session);

/* Puts a picture of any size into the first input: crops, resizes and normalizes it as the input
 * contract says. `rgb` is its upper left pixel; a pixel is three bytes, red first; each row begins
 * `row_stride` bytes after the one above, 0 standing for 3 * width, a negative number for pictures
 * that are stored from the bottom up. Allocates nothing after a picture of the same size. */
GOLDCREST_API goldcrest_code goldcrest_session_set_pixels(goldcrest_session* session,
                                                          const uint8_t* rgb, int64_t width,
                                                          int64_t height, int64_t row_stride,
                                                          goldcrest_error* error);

/* Computes the outputs of the inputs. Allocates nothing, and gives the same bytes each time. */
GOLDCREST_API goldcrest_code goldcrest_session_run(goldcrest_session* session,
                                                   goldcrest_error* error);

typedef struct goldcrest_class {
  int64_t index;
  float score;
  const char* label; /* "" where the model has none */
} goldcrest_class;

/* The best classes of the first output, best first; ties go to the lower index. `classes` has room
 * for `capacity`; `*count` is how many it got. */
GOLDCREST_API goldcrest_code goldcrest_session_top(const goldcrest_session* session,
                                                   goldcrest_class* classes, size_t capacity,
                                                   size_t* count, goldcrest_error* error);

/* Labels by class index; 0 and null where the model has none. */
GOLDCREST_API size_t goldcrest_session_label_count(const goldcrest_session* session);
GOLDCREST_API const char* goldcrest_session_label(const goldcrest_session* session, size_t index);

#ifdef __cplusplus
}
#endif

#endif /* GOLDCREST_GOLDCREST_H_ */
